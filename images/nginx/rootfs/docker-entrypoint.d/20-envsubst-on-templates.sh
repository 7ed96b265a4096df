#!/bin/sh
# Writes /etc/nginx/conf.d/NAME for every /etc/nginx/templates/NAME.template, with the variables of the environment
# filled in. nginx's own variables, such as $host, stay: only names that are set are replaced, and of those only the ones
# that NGINX_ENVSUBST_FILTER matches, if it is set.
set -e
from=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
to=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}
suffix=${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}
[ -d "$from" ] || exit 0
if [ ! -w "$to" ]; then
  echo "envsubst: $from is there, but $to cannot be written" >&2
  exit 0
fi
names=$(awk 'BEGIN { for (name in ENVIRON) if (name ~ ENVIRON["NGINX_ENVSUBST_FILTER"]) printf "${%s} ", name }')
cd "$from"
find . -follow -type f -name "*$suffix" | while read -r template; do
  result=$to/${template#./}
  result=${result%"$suffix"}
  mkdir -p "$(dirname "$result")"
  [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "envsubst: $result from $from/${template#./}"
  envsubst "$names" < "$template" > "$result"
done
