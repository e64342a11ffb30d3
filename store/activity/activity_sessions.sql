-- The sessions of the server, the oldest transaction first, and who blocks each. No parameters.
-- Processes of the server's own that belong to no database are left out unless they block or wait. What the role may not see is
-- null, and is_visible false. pg_blocking_pids holds up the lock manager for a moment: it is asked only of who waits for a lock.
-- Columns: pid, application, role, database, client, type, state, wait, query, started, transaction_age_ms, query_age_ms,
-- state_age_ms, blocked_by (process ids, separated by blanks; 0: a prepared transaction), is_visible, is_own. Servers from 12.
WITH waiting AS MATERIALIZED (
    SELECT w.pid, pg_catalog.pg_blocking_pids(w.pid) AS blockers
      FROM (SELECT DISTINCT l.pid FROM pg_catalog.pg_locks l WHERE NOT l.granted AND l.pid IS NOT NULL) w
), blocking AS MATERIALIZED (
    SELECT DISTINCT pg_catalog.unnest(blockers) AS pid FROM waiting
), moment AS MATERIALIZED (
    SELECT pg_catalog.clock_timestamp() AS now
), session AS MATERIALIZED (
    SELECT a.*,
           pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
           OR coalesce(pg_catalog.pg_has_role(a.usesysid, 'USAGE'), false) AS is_visible
      FROM pg_catalog.pg_stat_activity a
)
SELECT a.pid::bigint                                          AS pid,
       nullif(a.application_name, '')                         AS application,
       a.usename::text                                        AS role,
       a.datname::text                                        AS database,
       CASE WHEN a.client_addr IS NOT NULL
            THEN coalesce(nullif(a.client_hostname, ''), pg_catalog.host(a.client_addr)) || ':' || a.client_port
            WHEN a.client_port = -1 THEN 'local' END          AS client,
       a.backend_type                                         AS type,
       a.state                                                AS state,
       a.wait_event_type || ': ' || a.wait_event              AS wait,
       CASE WHEN a.is_visible THEN nullif(a.query, '') END    AS query,
       pg_catalog.to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS started,
       CASE WHEN a.xact_start IS NOT NULL
            THEN greatest(0, extract(epoch FROM moment.now - a.xact_start) * 1000) END::bigint   AS transaction_age_ms,
       CASE WHEN a.state <> 'idle' AND a.query_start IS NOT NULL
            THEN greatest(0, extract(epoch FROM moment.now - a.query_start) * 1000) END::bigint  AS query_age_ms,
       CASE WHEN a.state_change IS NOT NULL
            THEN greatest(0, extract(epoch FROM moment.now - a.state_change) * 1000) END::bigint AS state_age_ms,
       pg_catalog.array_to_string(waiting.blockers, ' ')      AS blocked_by,
       a.is_visible                                           AS is_visible,
       a.pid = pg_catalog.pg_backend_pid()                    AS is_own
  FROM session a
 CROSS JOIN moment
  LEFT JOIN waiting ON waiting.pid = a.pid
 WHERE a.datid IS NOT NULL
    OR a.backend_type = 'walsender'
    OR waiting.pid IS NOT NULL
    OR a.pid IN (SELECT blocking.pid FROM blocking)
 ORDER BY a.xact_start NULLS LAST, coalesce(a.state = 'idle', false), a.pid
