# A small server: counts its starts in /data, answers on port 8080 and ends well when it is asked to.
count=$(( $(cat /data/starts 2>/dev/null || echo 0) + 1 ))
echo "$count" > /data/starts || echo "cannot write to /data"
mkdir -p /tmp/www && echo "start number $count" > /tmp/www/index.html
trap 'echo "QUIT received, finishing"; kill $web; exit 0' QUIT
httpd -f -p 8080 -h /tmp/www &
web=$!
echo "running as user $(id -u)"
while true; do sleep 1; done
