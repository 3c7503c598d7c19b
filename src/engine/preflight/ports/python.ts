/** For hosts without Perl, such as those of Red Hat's family. */
const head = `
import errno, select, signal, socket, sys, time
def endpoint(protocol, address, port):
    kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
    family, _, _, _, at = socket.getaddrinfo(address, int(port), type=kind, flags=socket.AI_NUMERICHOST)[0]
    s = socket.socket(family, kind)
    s.setblocking(False)
    return s, at
`;

/** @see listenerArgv */
export const pythonListener = `${head}
nonce, seconds, address, *wanted = sys.argv[1:]
signal.alarm(int(seconds))
opened, bound = {0: None}, []
for name in wanted:
    protocol, port = name.split(":")
    try:
        s, at = endpoint(protocol, address, port)
        if protocol == "tcp":
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(at)
        if protocol == "tcp":
            s.listen(128)
    except OSError:
        continue
    opened[s.fileno()] = protocol, s
    bound.append(name)
print(" ".join(["ready"] + bound), flush=True)
while True:
    for fd in select.select(list(opened), [], [])[0]:
        if fd == 0:
            if not sys.stdin.buffer.raw.read(4096):
                sys.exit()
            continue
        kind, s = opened[fd]
        try:
            if kind == "tcp":
                peer, _ = s.accept()
                opened[peer.fileno()] = "peer", peer
                peer.sendall(nonce.encode())
            elif kind == "udp":
                asked, peer = s.recvfrom(512)
                if asked == (nonce + "?").encode():
                    s.sendto(nonce.encode(), peer)
            elif not s.recv(512):
                del opened[fd]
        except OSError:
            if kind == "peer":
                del opened[fd]
`;

/** @see proberArgv */
export const pythonProber = `${head}
nonce, seconds, *targets = sys.argv[1:]
opened = {}
def report(index, error):
    print(index, "ok" if error == 0 else "refused" if error == errno.ECONNREFUSED else "blocked", flush=True)
for index, target in enumerate(targets):
    protocol, address, port, how = target.split(" ")
    try:
        s, at = endpoint(protocol, address, port)
    except OSError:
        continue
    error = s.connect_ex(at)
    if error in (0, errno.EINPROGRESS):
        opened[s] = index, "open" if how == "open" else protocol
    else:
        report(index, error)
end, ask = time.monotonic() + float(seconds), True
while opened and time.monotonic() < end:
    for s, (_, kind) in opened.items():
        if ask and kind == "udp":
            try:
                s.send((nonce + "?").encode())
            except OSError:
                pass
    connecting = [s for s, (_, kind) in opened.items() if kind == "open"]
    answering = [s for s in opened if s not in connecting]
    read, write, _ = select.select(answering, connecting, [], 0.2)
    ask = not read and not write
    for s in read + write:
        index, kind = opened[s]
        try:
            if kind == "open":
                verdict = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            else:
                got = s.recv(512)
                verdict = 0 if got == nonce.encode() else -1
                if verdict != 0 and kind == "udp":
                    continue
        except BlockingIOError:
            continue
        except OSError as problem:
            verdict = problem.errno
        report(index, verdict)
        del opened[s]
for index, _ in opened.values():
    report(index, -1)
`;
