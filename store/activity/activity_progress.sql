-- What long commands say of their progress. No parameters. phase is null where the role may not see it; done and total are of the
-- unit that the phase counts in; locker is the session that an index build waits for, 0: none.
-- Columns: pid, command, relation, index, phase, done, total, unit, locker, lockers_done, lockers_total. Servers from 14.
SELECT p.pid::bigint AS pid, p.command,
       CASE WHEN p.datname = pg_catalog.current_database()
            THEN coalesce((SELECT c.oid::regclass::text FROM pg_catalog.pg_class c WHERE c.oid = p.relid),
                          'relation ' || p.relid)
            ELSE 'relation ' || p.relid || ' of database ' || p.datname END AS relation,
       (SELECT c.oid::regclass::text FROM pg_catalog.pg_class c
         WHERE c.oid = p.index_relid AND p.datname = pg_catalog.current_database()) AS index,
       p.phase,
       CASE WHEN p.blocks_total > 0 THEN p.blocks_done WHEN p.tuples_total > 0 THEN p.tuples_done END::bigint AS done,
       CASE WHEN p.blocks_total > 0 THEN p.blocks_total WHEN p.tuples_total > 0 THEN p.tuples_total END::bigint AS total,
       CASE WHEN p.blocks_total > 0 THEN 'blocks' WHEN p.tuples_total > 0 THEN 'rows' END AS unit,
       coalesce(p.current_locker_pid, 0)::bigint AS locker,
       p.lockers_done::bigint AS lockers_done, p.lockers_total::bigint AS lockers_total
  FROM pg_catalog.pg_stat_progress_create_index p
UNION ALL
SELECT p.pid::bigint, 'VACUUM',
       CASE WHEN p.datname = pg_catalog.current_database()
            THEN coalesce((SELECT c.oid::regclass::text FROM pg_catalog.pg_class c WHERE c.oid = p.relid),
                          'relation ' || p.relid)
            ELSE 'relation ' || p.relid || ' of database ' || p.datname END,
       NULL, p.phase, p.heap_blks_scanned::bigint, p.heap_blks_total::bigint, 'blocks', 0, 0, 0
  FROM pg_catalog.pg_stat_progress_vacuum p
UNION ALL
SELECT p.pid::bigint, p.command,
       CASE WHEN p.datname = pg_catalog.current_database()
            THEN coalesce((SELECT c.oid::regclass::text FROM pg_catalog.pg_class c WHERE c.oid = p.relid),
                          'relation ' || p.relid)
            ELSE 'relation ' || p.relid || ' of database ' || p.datname END,
       NULL, p.phase, p.heap_blks_scanned::bigint, p.heap_blks_total::bigint, 'blocks', 0, 0, 0
  FROM pg_catalog.pg_stat_progress_cluster p
UNION ALL
SELECT p.pid::bigint, 'ANALYZE',
       CASE WHEN p.datname = pg_catalog.current_database()
            THEN coalesce((SELECT c.oid::regclass::text FROM pg_catalog.pg_class c WHERE c.oid = p.relid),
                          'relation ' || p.relid)
            ELSE 'relation ' || p.relid || ' of database ' || p.datname END,
       NULL, p.phase, p.sample_blks_scanned::bigint, p.sample_blks_total::bigint, 'blocks', 0, 0, 0
  FROM pg_catalog.pg_stat_progress_analyze p
UNION ALL
SELECT p.pid::bigint, p.command,
       CASE WHEN p.datname = pg_catalog.current_database()
            THEN coalesce((SELECT c.oid::regclass::text FROM pg_catalog.pg_class c WHERE c.oid = p.relid),
                          'relation ' || nullif(p.relid, 0))
            ELSE 'relation ' || nullif(p.relid, 0) || ' of database ' || p.datname END,
       NULL, CASE WHEN p.command IS NOT NULL THEN 'copying' END, p.bytes_processed::bigint, nullif(p.bytes_total, 0)::bigint, 'bytes', 0, 0, 0
  FROM pg_catalog.pg_stat_progress_copy p
 ORDER BY pid
