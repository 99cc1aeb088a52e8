#!/usr/bin/env bash
# Run once by the image of PostgreSQL when its volume is empty: the database, and its owner who is no superuser.
set -euo pipefail

: "${GATEHOUSE_DATABASE_PASSWORD:?set GATEHOUSE_DATABASE_PASSWORD}"
psql --no-psqlrc --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv password GATEHOUSE_DATABASE_PASSWORD
CREATE ROLE gatehouse LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE gatehouse OWNER gatehouse TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE gatehouse FROM PUBLIC;
SQL
