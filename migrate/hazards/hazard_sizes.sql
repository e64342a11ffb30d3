-- What relations of the target there are: how large, how much is written to them, who uses them now. A partitioned table has the sums of its
-- partitions. Takes no lock on any of them, but for a moment ACCESS SHARE on those that were never analyzed, whose size no catalog tells; not
-- where somebody holds or awaits ACCESS EXCLUSIVE.
-- Columns: relation; bytes, rows (as the server estimates; NULL: not known); writes (rows inserted, updated and deleted since `since`; NULL:
-- nobody counts), since (a date), seconds (its age), is_reset (else the server's start: what it counted before then may be among them);
-- readers, writers, waiting (other sessions that hold locks on it which let others write; that do not read only; that wait for it). By name.
-- Serves 12 and newer.
WITH RECURSIVE me AS MATERIALIZED (
    SELECT d.oid AS database, coalesce(pg_catalog.pg_stat_get_db_stat_reset_time(d.oid), pg_catalog.pg_postmaster_start_time()) AS since,
        pg_catalog.pg_stat_get_db_stat_reset_time(d.oid) IS NOT NULL AS is_reset, pg_catalog.current_setting('track_counts')::boolean AS counts
    FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()
), lock AS MATERIALIZED (
    SELECT l.relation, l.pid, pg_catalog.bool_or(l.granted) AS is_held, pg_catalog.bool_or(NOT l.granted) AS waits,
        pg_catalog.bool_or(l.granted AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')) AS writes,
        pg_catalog.bool_or(l.mode = 'AccessExclusiveLock') AS is_exclusive
    FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.database = (SELECT m.database FROM me AS m) AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
    GROUP BY l.relation, l.pid
), tree AS (
    SELECT c.oid AS root, c.oid AS part FROM pg_catalog.pg_class AS c WHERE c.relkind IN ('r', 'p', 'm', 'i', 'I', 'v', 'S', 'f')
    UNION ALL
    SELECT t.root, i.inhrelid
    FROM tree AS t
    JOIN pg_catalog.pg_class AS c ON c.oid = t.root AND c.relkind IN ('p', 'I')
    JOIN pg_catalog.pg_inherits AS i ON i.inhparent = t.part
), part AS MATERIALIZED (
    SELECT c.oid, c.reltuples, greatest(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) AS live,
        CASE WHEN c.relkind NOT IN ('r', 'm', 'i') THEN 0
            WHEN c.relpages > 0 THEN c.relpages::bigint * pg_catalog.current_setting('block_size')::bigint
            WHEN NOT EXISTS (SELECT FROM lock AS l WHERE l.relation = c.oid AND l.is_exclusive)
                THEN pg_catalog.pg_relation_size(c.oid) END AS bytes,
        c.relkind IN ('r', 'm', 'f') AND c.relpages = 0 AND c.reltuples <= 0 AS is_new,
        pg_catalog.pg_stat_get_tuples_inserted(c.oid) + pg_catalog.pg_stat_get_tuples_updated(c.oid) + pg_catalog.pg_stat_get_tuples_deleted(c.oid) AS writes
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm', 'i', 'I', 'v', 'S', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), whole AS (
    SELECT t.root, pg_catalog.sum(coalesce(p.bytes, 0))::bigint AS bytes,
        CASE WHEN NOT pg_catalog.bool_or(p.is_new AND p.live = 0 AND coalesce(p.bytes, 1) > 0)
            THEN pg_catalog.sum(greatest(p.reltuples::bigint, p.live, 0))::bigint END AS rows,
        pg_catalog.sum(p.writes)::bigint AS writes
    FROM tree AS t
    JOIN part AS p ON p.oid = t.part
    JOIN pg_catalog.pg_class AS c ON c.oid = t.root
    WHERE c.relkind NOT IN ('p', 'I') OR t.part <> t.root
    GROUP BY t.root
), users AS (
    SELECT u.root, count(*) FILTER (WHERE u.is_held AND NOT u.writes) AS readers, count(*) FILTER (WHERE u.writes) AS writers,
        count(*) FILTER (WHERE u.waits) AS waiting
    FROM (
        SELECT t.root, l.pid, pg_catalog.bool_or(l.is_held) AS is_held, pg_catalog.bool_or(l.writes) AS writes, pg_catalog.bool_or(l.waits) AS waits
        FROM lock AS l JOIN tree AS t ON t.part = l.relation
        GROUP BY t.root, l.pid) AS u
    GROUP BY u.root
)
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS relation, coalesce(w.bytes, 0) AS bytes,
    CASE WHEN w.root IS NULL THEN 0 ELSE w.rows END AS rows,
    CASE WHEN m.counts THEN coalesce(w.writes, 0) END AS writes, pg_catalog.to_char(m.since, 'YYYY-MM-DD') AS since,
    greatest(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - m.since)::bigint, 1) AS seconds, m.is_reset AS is_reset,
    coalesce(u.readers, 0) AS readers, coalesce(u.writers, 0) AS writers, coalesce(u.waiting, 0) AS waiting
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN me AS m
LEFT JOIN whole AS w ON w.root = c.oid
LEFT JOIN users AS u ON u.root = c.oid
WHERE c.relkind IN ('r', 'p', 'm', 'i', 'I', 'v', 'S', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY pg_catalog.format('%I.%I', n.nspname, c.relname) COLLATE pg_catalog."C"
