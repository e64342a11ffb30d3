-- Who stands in the way of a backend and who waits behind it, each over any number of steps.
-- Parameter: $1 the backend's pid. Columns: side ("self" where it waits, "ahead", "behind"), pid, is_direct, is_autovacuum,
-- is_hidden (this role may not see what it does), transactions (virtual ids of those who hold or await what the backend awaits;
-- of "self": what that is), text (for people).
-- Sorted by side, then those in the way directly first. Asks about no more than 200 waiting sessions: pg_blocking_pids
-- holds up the lock table. Oldest server: 12.
WITH RECURSIVE locks AS MATERIALIZED (
    SELECT l.pid, l.granted, l.virtualtransaction, l.locktype, l.mode, l.relation, l.database,
        pg_catalog.concat_ws('/', l.locktype, l.database, l.relation, l.page, l.tuple, l.virtualxid, l.transactionid, l.classid,
            l.objid, l.objsubid) AS thing
    FROM pg_catalog.pg_lock_status() AS l
), wanted AS MATERIALIZED (
    SELECT l.thing FROM locks AS l WHERE l.pid = $1::integer AND NOT l.granted
), waiting AS MATERIALIZED (
    SELECT w.pid, pg_catalog.pg_blocking_pids(w.pid) AS blockers
    FROM (SELECT DISTINCT l.pid, l.pid <> $1::integer AS is_other FROM locks AS l WHERE NOT l.granted AND l.pid IS NOT NULL
          ORDER BY is_other, l.pid LIMIT 200) AS w
), ahead AS (
    SELECT b.pid, true AS is_direct
    FROM waiting AS w CROSS JOIN LATERAL pg_catalog.unnest(w.blockers) AS b(pid) WHERE w.pid = $1::integer
    UNION
    SELECT b.pid, false
    FROM ahead AS a JOIN waiting AS w ON w.pid = a.pid CROSS JOIN LATERAL pg_catalog.unnest(w.blockers) AS b(pid)
    WHERE b.pid <> $1::integer
), behind AS (
    SELECT w.pid, true AS is_direct FROM waiting AS w WHERE $1::integer = ANY (w.blockers) AND w.pid <> $1::integer
    UNION
    SELECT w.pid, false FROM behind AS b JOIN waiting AS w ON b.pid = ANY (w.blockers) WHERE w.pid <> $1::integer
), sides AS (
    SELECT 'ahead' AS side, a.pid, pg_catalog.bool_or(a.is_direct) AS is_direct FROM ahead AS a GROUP BY a.pid
    UNION ALL
    SELECT 'behind', b.pid, pg_catalog.bool_or(b.is_direct) FROM behind AS b GROUP BY b.pid
)
SELECT 'self' AS side, l.pid::bigint AS pid, true AS is_direct, false AS is_autovacuum, false AS is_hidden,
    l.thing AS transactions,
    pg_catalog.concat(l.mode, ' on ', CASE WHEN l.relation IS NULL THEN l.locktype
        WHEN l.database IN (0, (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()))
        THEN l.relation::pg_catalog.regclass::text ELSE l.locktype END) AS text
FROM locks AS l WHERE l.pid = $1::integer AND NOT l.granted
UNION ALL
SELECT s.side, s.pid::bigint, s.is_direct,
    coalesce(a.backend_type = 'autovacuum worker' AND a.query NOT LIKE '%to prevent wraparound%', false),
    s.pid <> 0 AND a.state IS NULL AND a.backend_type IS NULL,
    coalesce((SELECT pg_catalog.string_agg(DISTINCT l.virtualtransaction, ',') FROM locks AS l
        WHERE l.pid IS NOT DISTINCT FROM nullif(s.pid, 0) AND l.thing IN (SELECT w.thing FROM wanted AS w)), ''),
    CASE WHEN s.pid = 0 THEN 'a prepared transaction'
    ELSE pg_catalog.concat('pid ', s.pid,
        ' (' || nullif(pg_catalog.concat_ws(', ', a.usename, nullif(a.application_name, ''),
            nullif(a.backend_type, 'client backend')), '') || ')',
        ', ' || nullif(a.state, ''),
        ', in a transaction for ' || pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - a.xact_start)::text,
        ': ' || nullif(pg_catalog.regexp_replace(pg_catalog."left"(nullif(a.query, '<insufficient privilege>'), 120),
            '\s+', ' ', 'g'), '')) END
FROM sides AS s LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = s.pid
ORDER BY 1 DESC, 3 DESC, 2
