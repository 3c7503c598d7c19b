/**
 * Shell functions: whether IPVS has virtual servers, and their removal. Few hosts have ipvsadm; what it does without
 * netlink is IP_VS_SO_SET_FLUSH (1157, linux/ip_vs.h), which any raw socket can ask for.
 */
export const ipvsFunctions = `
has_servers() { [ -n "$(sed -n 4p /proc/net/ip_vs 2>/dev/null)" ]; }
clear_servers() {
  has_servers || return 0
  ipvsadm --clear 2>/dev/null ||
    perl -MSocket -e 'my $s; socket($s, PF_INET, SOCK_RAW, 255) && setsockopt($s, 0, 1157, "") or exit 1' 2>/dev/null ||
    python3 -IS -c 'from socket import *; socket(AF_INET, SOCK_RAW, 255).setsockopt(0, 1157, b"")' 2>/dev/null || true
}
`;
