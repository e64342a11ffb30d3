-- What a session does now, to be compared with what it did; no row where it has ended. Parameters: process id; its start, or
-- null. Columns: seen. Servers from 12.
SELECT CASE WHEN a.state IS NOT NULL THEN pg_catalog.concat_ws(' ', a.state, a.query_start) END AS seen
  FROM pg_catalog.pg_stat_activity a
 WHERE a.pid = $1::integer
   AND pg_catalog.to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') IS NOT DISTINCT FROM $2
