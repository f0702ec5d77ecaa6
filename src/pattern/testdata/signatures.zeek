# ssh-in-connect-3f2a
# ssh-in-connect-3f2a: not expressed: the kind is "connect" (only that there was a CONNECT, where bytes are asked for)
# ssh-in-connect-3f2a: not expressed: the inner protocol is "ssh"
# ssh-in-connect-3f2a: not expressed: 10 or more messages of 36 bytes from the client
signature mogura-ssh-in-connect-3f2a-0-part-0 {
  ip-proto == tcp
  tcp-state established,originator
  payload /^CONNECT\x20[^\x0a]*\x0a([^\x0d\x0a][^\x0a]*\x0a)*\x0d?\x0aSSH\x2d2\x2e0\x2dOpenSSH\x5f/
}
signature mogura-ssh-in-connect-3f2a-0 {
  ip-proto == tcp
  tcp-state established,responder
  payload /^HTTP\x2f1\x2e[01]\x202[^\x0a]*\x0a([^\x0d\x0a][^\x0a]*\x0a)*\x0d?\x0aSSH\x2d2\x2e0\x2d/
  requires-reverse-signature mogura-ssh-in-connect-3f2a-0-part-0
  event "mogura SSH through the proxy"
}
signature mogura-ssh-in-connect-3f2a-1-part-0 {
  ip-proto == tcp
  tcp-state established,originator
  payload /^CONNECT\x20[^\x0a]*\x0a([^\x0d\x0a][^\x0a]*\x0a)*\x0d?\x0aSSH\x2d2\x2e0\x2dOpenSSH\x5f/
}
signature mogura-ssh-in-connect-3f2a-1-part-1 {
  ip-proto == tcp
  tcp-state established,responder
  payload /^HTTP\x2f1\x2e[01]\x202[^\x0a]*\x0a([^\x0d\x0a][^\x0a]*\x0a)*\x0d?\x0aSSH\x2d2\x2e0\x2d/
}
signature mogura-ssh-in-connect-3f2a-1 {
  ip-proto == tcp
  tcp-state established,originator
  http-request-header /^User\x2dAgent:\x20?corkscrew.*$/
  requires-signature mogura-ssh-in-connect-3f2a-1-part-0
  requires-reverse-signature mogura-ssh-in-connect-3f2a-1-part-1
  event "mogura SSH through the proxy"
}

# openvpn-in-connect-0ede
# openvpn-in-connect-0ede: not expressed: the kind is "connect" (only that there was a CONNECT, where bytes are asked for)
signature mogura-openvpn-in-connect-0ede-0 {
  ip-proto == tcp
  tcp-state established,originator
  payload /^CONNECT\x20[^\x0a]*\x0a([^\x0d\x0a][^\x0a]*\x0a)*\x0d?\x0a(.|\n){2}8(.|\n)(.|\n)\x00/
  event "mogura openvpn-in-connect-0ede"
}

# stunnel-in-ssl-3c2c
# stunnel-in-ssl-3c2c: not expressed: the kind is "ssl" (only that there was a CONNECT, where bytes are asked for)
# stunnel-in-ssl-3c2c: not expressed: the cipher list is "1302-1301"
# stunnel-in-ssl-3c2c: not expressed: JA4 is "t13d1516h2_8daaf6152771_02713d6af862"
# stunnel-in-ssl-3c2c: not expressed: there is no User-Agent
# stunnel-in-ssl-3c2c: not expressed: the TLS server name is "*.example.net"
# stunnel-in-ssl-3c2c: not expressed: message 2 from the client is 69 bytes long
# stunnel-in-ssl-3c2c: not expressed: the whole pattern, or one way of matching it: too little would be left

# httptunnel-in-get-post-47b4
# httptunnel-in-get-post-47b4: not expressed: the kind is "get-post"
# httptunnel-in-get-post-47b4: not expressed: a body from the client lasted 10 s or more
# httptunnel-in-get-post-47b4: not expressed: message 0 from the client has the bytes 0100 at offset 0 (too short to be asked for anywhere)
# httptunnel-in-get-post-47b4: not expressed: a message from the server has the bytes 02 at offset 0 (too short to be asked for anywhere)
# httptunnel-in-get-post-47b4: not expressed: the destination is "files.example:80" (only the host, not the port)
signature mogura-httptunnel-in-get-post-47b4-0-part-0 {
  ip-proto == tcp
  tcp-state established,originator
  payload /^POST\x20/
}
signature mogura-httptunnel-in-get-post-47b4-0 {
  ip-proto == tcp
  tcp-state established,originator
  http-request-header /^Host:\x20?files\x2eexample.*$/
  requires-signature mogura-httptunnel-in-get-post-47b4-0-part-0
  event "mogura httptunnel-in-get-post-47b4"
}

# vnc-in-websocket-11aa
# vnc-in-websocket-11aa: not expressed: the kind is "websocket"
# vnc-in-websocket-11aa: not expressed: message 0 from the client has "RFB " at offset 0 (frames from the client are masked)
# vnc-in-websocket-11aa: not expressed: message 0 from the server has "RFB 003." at offset 0 (the place of the bytes in the stream)
signature mogura-vnc-in-websocket-11aa-0 {
  ip-proto == tcp
  tcp-state established,responder
  payload /(.|\n)*RFB\x20003\x2e/
  event "mogura vnc-in-websocket-11aa"
}

# beacon-10de
# beacon-10de: not expressed: messages from the client every 9 s to 11 s
signature mogura-beacon-10de-0 {
  ip-proto == tcp
  tcp-state established,originator
  http-request-header /^User\x2dAgent:\x20?Mozilla\x2f4\x2e0\x20\x28compatible\x3b\x20MSIE\x205\x2e01.*$/
  event "mogura beacon-10de"
}

# only-a-length
# only-a-length: not expressed: the kind is "connect" (only that there was a CONNECT, where bytes are asked for)
# only-a-length: not expressed: 10 or more messages of 36 bytes from the client
# only-a-length: not expressed: the whole pattern, or one way of matching it: too little would be left

# hostile-1
# hostile-1: not expressed: the kind is "connect" (only that there was a CONNECT, where bytes are asked for)
signature mogura-hostile-1-0-part-0 {
  ip-proto == tcp
  tcp-state established,originator
  payload /^CONNECT\x20a\x22\x3b\x29\x0a\x7cx.*\x3fy\x5c\x3a443\x20/
}
signature mogura-hostile-1-0-part-1 {
  ip-proto == tcp
  tcp-state established,originator
  http-request-header /^User\x2dAgent:\x20?q\x22\x3b\x20sid\x3a1\x3b\x29\x0aalert\x20tcp$/
}
signature mogura-hostile-1-0 {
  ip-proto == tcp
  tcp-state established,originator
  payload /^CONNECT\x20[^\x0a]*\x0a([^\x0d\x0a][^\x0a]*\x0a)*\x0d?\x0a\x22\x3b\x7c\x0a\x2f/
  requires-signature mogura-hostile-1-0-part-0
  requires-signature mogura-hostile-1-0-part-1
  event "mogura x__ sid_1____ y"
}

