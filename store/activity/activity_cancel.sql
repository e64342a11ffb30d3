-- Cancels the statement of a session, if the process id still is that session's. Parameters: process id; its start, as
-- activity_sessions has it, or null where the role may not see that. Columns: is_done, seen. Servers from 12.
SELECT pg_catalog.pg_cancel_backend(a.pid) AS is_done,
       CASE WHEN a.state IS NOT NULL THEN pg_catalog.concat_ws(' ', a.state, a.query_start) END AS seen
  FROM pg_catalog.pg_stat_activity a
 WHERE a.pid = $1::integer
   AND pg_catalog.to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') IS NOT DISTINCT FROM $2
