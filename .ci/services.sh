# Makes PostgreSQL, MariaDB and Redis answer at the addresses the tests use, and Chromium be there. Sourced by .ci/run.
# A service whose TEST_*_URL is set belongs to the caller and is left alone, and so is one that answers already.

ensure_services() {
  # Where Debian keeps servers; the PATH of a user who is not root leaves it out.
  PATH=$PATH:/usr/sbin
  ensure_service "${TEST_POSTGRES_URL:-}" 5432 PostgreSQL start_postgres
  ensure_service "${TEST_MYSQL_URL:-}" 3306 MariaDB start_mariadb
  ensure_service "${TEST_REDIS_URL:-}" 6379 Redis start_redis
  ensure_browser
}

ensure_browser() {
  if [[ -n ${TEST_CHROMIUM:-} || -x /usr/bin/chromium || -x /usr/bin/google-chrome ]]; then
    echo 'Chromium: there'
  else
    echo 'Chromium: installing'
    install_package chromium
  fi
}

ensure_service() {
  local given=$1 port=$2 name=$3 start=$4
  if [[ -n $given ]]; then
    echo "$name: given"
  elif answers "$port"; then
    echo "$name: running"
  else
    echo "$name: starting"
    "$start"
    wait_for "$port" "$name"
  fi
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

wait_for() {
  local left=120
  until answers "$1"; do
    ((left -= 1)) || { echo "$2 does not answer on port $1" >&2; return 1; }
    sleep 0.5
  done
}

as_root() { if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi; }

install_package() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1"
}

start_postgres() {
  command -v pg_ctlcluster >/dev/null || install_package postgresql
  local cluster
  cluster=$(ls /etc/postgresql | sort -V | tail -n 1)
  # Where it was just installed it may run already, or not: a container has nobody to start it.
  answers 5432 || as_root pg_ctlcluster --skip-systemctl-redirect "$cluster" main start
  wait_for 5432 PostgreSQL
  # A new cluster asks for passwords that nobody has set.
  if ! psql --quiet --host=127.0.0.1 --username=postgres --no-password --command='SELECT 1' >/dev/null 2>&1; then
    as_root sed -i -E 's/(scram-sha-256|md5|peer)$/trust/' "/etc/postgresql/$cluster/main/pg_hba.conf"
    as_root pg_ctlcluster --skip-systemctl-redirect "$cluster" main reload
  fi
}

start_mariadb() {
  command -v mariadbd >/dev/null || install_package mariadb-server
  # The folder of its socket, which systemd would make.
  as_root install -d -o mysql -g root -m 755 /run/mysqld
  answers 3306 || as_root start-stop-daemon --start --oknodo --background --exec /usr/sbin/mariadbd -- --user=mysql
  wait_for 3306 MariaDB
  # A new server lets root in through its socket only.
  if ! mariadb --host=127.0.0.1 --user=root --execute='SELECT 1' >/dev/null 2>&1; then
    as_root mariadb --execute="ALTER USER root@localhost IDENTIFIED VIA mysql_native_password USING PASSWORD('')"
  fi
}

start_redis() {
  command -v redis-server >/dev/null || install_package redis-server
  answers 6379 || redis-server --daemonize yes --bind 127.0.0.1 --port 6379 --save '' --appendonly no
}
