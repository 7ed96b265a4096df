#!/bin/sh
set -e
if [ -n "$NOTICE_TEXT_FILE" ]; then NOTICE_TEXT=$(cat "$NOTICE_TEXT_FILE"); fi
: "${NOTICE_TEXT:?NOTICE_TEXT is not set. Say what to show, as in -e NOTICE_TEXT=Hello}"
mkdir -p /tmp/www
echo "<h1 style=\"color: $NOTICE_COLOUR\">$NOTICE_TEXT</h1>" > /tmp/www/index.html
exec httpd -f -p 8080 -h /tmp/www
