#!/bin/sh
# How we started the guest book until now. Please make a Compose file of it.
docker network create guestbook-front
docker network create --internal guestbook-back
docker volume create guestbook-counts
docker run -d --name guestbook-cache --network guestbook-back -v guestbook-counts:/data \
  --restart unless-stopped redis:8 redis-server --appendonly yes
sleep 5 # until Redis is ready, we hope
docker run -d --name guestbook-web --network guestbook-front -p 8190:8080 --restart unless-stopped \
  -e REDIS_HOST=cache -e GREETING="Welcome to the guest book" -e COLOR=#2e8b57 drydock/web:2
docker network connect guestbook-back guestbook-web
