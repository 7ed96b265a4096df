#!/bin/sh
# The lamp of a lighthouse.
: "${LAMP_COLOUR:?LAMP_COLOUR is not set, so nobody knows how to shine}"
here=$(dirname "$0")

trap 'echo "the lamp is out"; kill $web; exit 0' USR1

mkdir -p /tmp/www
version=$(cat "$here/version" 2>/dev/null || echo "no version")
echo "shining $LAMP_COLOUR ($version)" > /tmp/www/index.html
echo "burning" > /tmp/www/state

echo "lit, $LAMP_COLOUR" >> /log/lamp.log || exit 3
httpd -f -p 8700 -h /tmp/www &
web=$!

echo "the lamp is lit"
while true; do sleep 1; done
