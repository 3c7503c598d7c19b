/**
 * Perl with its module Socket alone, as in Debian's perl-base. 111 and 115 are ECONNREFUSED and EINPROGRESS, 11 is
 * EAGAIN; the module that names them is not always there.
 */
const head = `
use strict; use Socket qw(:DEFAULT getaddrinfo AI_NUMERICHOST SOCK_NONBLOCK);
$SIG{PIPE} = 'IGNORE'; $| = 1;
sub endpoint {
  my ($protocol, $address, $port) = @_;
  my $type = $protocol eq 'udp' ? SOCK_DGRAM : SOCK_STREAM;
  my ($error, $at) = getaddrinfo($address, $port, { flags => AI_NUMERICHOST, socktype => $type });
  return if $error || !socket(my $socket, $at->{family}, $type | SOCK_NONBLOCK, 0);
  return ($socket, $at->{addr});
}
`;

/** @see listenerArgv */
export const perlListener = `${head}
my ($nonce, $seconds, $address, @wanted) = @ARGV;
alarm $seconds;
my (%open, @bound);
for my $name (@wanted) {
  my ($protocol, $port) = split /:/, $name;
  my ($socket, $at) = endpoint($protocol, $address, $port) or next;
  setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1) if $protocol eq 'tcp';
  bind($socket, $at) && ($protocol eq 'udp' || listen($socket, SOMAXCONN)) or next;
  $open{fileno $socket} = [$protocol, $socket];
  push @bound, $name;
}
print join(' ', 'ready', @bound), "\\n";
for (;;) {
  my $ready = '';
  vec($ready, $_, 1) = 1 for 0, keys %open;
  next if select($ready, undef, undef, undef) < 1;
  if (vec($ready, 0, 1)) { sysread(STDIN, my $sign, 4096) or exit }
  for my $fd (grep { vec($ready, $_, 1) } keys %open) {
    my ($kind, $socket) = @{$open{$fd}};
    if ($kind eq 'tcp') {
      accept(my $peer, $socket) or next;
      syswrite $peer, $nonce;
      $open{fileno $peer} = ['peer', $peer];
    } elsif ($kind eq 'udp') {
      my $from = recv($socket, my $asked, 512, 0);
      send($socket, $nonce, 0, $from) if defined $from && $asked eq "$nonce?";
    } else {
      sysread($socket, my $rest, 512) or delete $open{$fd};
    }
  }
}
`;

/** @see proberArgv */
export const perlProber = `${head}
my ($nonce, $seconds, @targets) = @ARGV;
my %open;
sub report { my ($index, $error) = @_; print "$index ", $error == 0 ? 'ok' : $error == 111 ? 'refused' : 'blocked', "\\n" }
for my $index (0 .. $#targets) {
  my ($protocol, $address, $port, $how) = split / /, $targets[$index];
  my ($socket, $at) = endpoint($protocol, $address, $port) or next;
  if (connect($socket, $at) || $! == 115) { $open{fileno $socket} = [$index, $how eq 'open' ? $how : $protocol, $socket] }
  else { report($index, $! + 0) }
}
my $ask = 1;
while (%open && $seconds > 0) {
  my ($read, $write) = ('', '');
  for my $fd (keys %open) {
    my (undef, $kind, $socket) = @{$open{$fd}};
    if ($kind eq 'open') { vec($write, $fd, 1) = 1 } else { vec($read, $fd, 1) = 1 }
    send($socket, "$nonce?", 0) if $ask && $kind eq 'udp';
  }
  my ($count, $left) = select($read, $write, undef, 0.2);
  $seconds -= 0.2 - $left;
  $ask = $left <= 0;
  next if $count < 1;
  for my $fd (keys %open) {
    my ($index, $kind, $socket) = @{$open{$fd}};
    my $verdict;
    if (vec($write, $fd, 1)) {
      $verdict = unpack 'i', getsockopt($socket, SOL_SOCKET, SO_ERROR);
    } elsif (vec($read, $fd, 1)) {
      my $got = '';
      if (!defined sysread($socket, $got, 512)) { next if $! == 11; $verdict = $! + 0 }
      elsif ($got eq $nonce) { $verdict = 0 }
      elsif ($kind eq 'tcp') { $verdict = -1 }
    }
    next unless defined $verdict;
    report($index, $verdict);
    delete $open{$fd};
  }
}
report($_->[0], -1) for values %open;
`;
