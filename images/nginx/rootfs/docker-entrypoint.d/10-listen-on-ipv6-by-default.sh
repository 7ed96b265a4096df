#!/bin/sh
# The default web site answers on IPv6 too where the kernel has it. A default.conf that somebody changed, or that
# cannot be written, stays as it is.
set -e
cd /etc/nginx/conf.d
[ -e /proc/net/if_inet6 ] || exit 0
md5sum --status -c /usr/share/drydock/default.conf.md5 2>/dev/null || exit 0
[ -w default.conf ] && touch default.conf 2>/dev/null || exit 0
sed -i 's/^    listen 80;$/    listen 80;\n    listen [::]:80;/' default.conf
