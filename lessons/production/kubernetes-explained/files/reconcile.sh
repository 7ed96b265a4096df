#!/bin/sh
# One round of a control loop: makes as many containers as desired.txt says, and says what it does.
cd "$(dirname "$0")" || exit 1
wanted=$(cat desired.txt)
running=$(docker ps -q --filter label=loop=shop | wc -l)
docker ps -aq --filter label=loop=shop --filter status=exited | xargs -r docker rm > /dev/null
while [ "$running" -lt "$wanted" ]; do
  echo "wanted $wanted, running $running: starting one"
  docker run -d --label loop=shop drydock/web:2 > /dev/null || exit 1
  running=$((running + 1))
done
while [ "$running" -gt "$wanted" ]; do
  echo "wanted $wanted, running $running: removing one"
  docker rm -f "$(docker ps -q --filter label=loop=shop | head -n 1)" > /dev/null || exit 1
  running=$((running - 1))
done
echo "wanted $wanted, running $running: nothing to do"
