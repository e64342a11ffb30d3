-- Locks that sessions and prepared transactions hold or wait for, what is waited for first, then the strongest. No parameters.
-- Left out: what every transaction holds (its own number), and this session's own. Of a session the first 100; total counts all.
-- tag is equal where two locks are about the same thing. Names are those of this database; what is elsewhere, or was made by a
-- transaction that has not ended, has its number.
-- Columns: pid (0: a prepared transaction's), transaction, kind, object, tag, mode, is_granted, wait_ms, total. Servers from 12; they do not say how long somebody waits.
WITH held AS (
    SELECT coalesce(l.pid, 0)::bigint AS pid, l.virtualtransaction AS transaction, l.locktype AS kind, l.mode,
           l.granted AS is_granted, l.database, l.relation, l.page, l.tuple, l.virtualxid,
           l.transactionid, l.classid, l.objid, l.objsubid,
           NULL::bigint AS wait_ms,
           pg_catalog.count(*) OVER owner AS total,
           pg_catalog.row_number() OVER (owner ORDER BY l.granted,
               pg_catalog.array_position(ARRAY['AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock',
                                               'ShareUpdateExclusiveLock', 'RowExclusiveLock', 'RowShareLock',
                                               'AccessShareLock'], l.mode),
               l.locktype, l.relation, l.objid) AS place
      FROM pg_catalog.pg_locks l
     WHERE l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
       AND (NOT l.granted OR l.pid IS NULL OR l.locktype NOT IN ('virtualxid', 'transactionid'))
    WINDOW owner AS (PARTITION BY l.pid, l.virtualtransaction)
), named AS (
    SELECT held.*,
           CASE WHEN relation IS NULL THEN NULL
                WHEN database IN (0, (SELECT d.oid FROM pg_catalog.pg_database d
                                       WHERE d.datname = pg_catalog.current_database()))
                THEN coalesce((SELECT c.oid::regclass::text FROM pg_catalog.pg_class c WHERE c.oid = held.relation),
                              'relation ' || relation)
                ELSE 'relation ' || relation || ' of database '
                     || coalesce((SELECT d.datname FROM pg_catalog.pg_database d WHERE d.oid = held.database), database::text)
            END AS relation_name
      FROM held
     WHERE place <= 100 OR pid = 0
)
SELECT pid, transaction, kind,
       CASE kind
       WHEN 'relation' THEN relation_name
       WHEN 'extend' THEN 'extension of ' || relation_name
       WHEN 'page' THEN 'page ' || page || ' of ' || relation_name
       WHEN 'tuple' THEN 'row (' || page || ',' || tuple || ') of ' || relation_name
       WHEN 'transactionid' THEN 'transaction ' || transactionid
       WHEN 'virtualxid' THEN 'transaction ' || virtualxid
       WHEN 'advisory' THEN CASE objsubid WHEN 1 THEN 'advisory lock ' || ((classid::bigint << 32) | objid::bigint)
                                          ELSE 'advisory lock ' || classid || ', ' || objid END
       WHEN 'object' THEN CASE classid
           WHEN 'pg_catalog.pg_namespace'::regclass
           THEN 'schema ' || coalesce((SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.oid = objid), objid::text)
           WHEN 'pg_catalog.pg_database'::regclass
           THEN 'database ' || coalesce((SELECT d.datname FROM pg_catalog.pg_database d WHERE d.oid = objid), objid::text)
           WHEN 'pg_catalog.pg_authid'::regclass
           THEN 'role ' || coalesce((SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.oid = objid), objid::text)
           ELSE classid::regclass::text || ' ' || objid END
       ELSE kind
       END AS object,
       pg_catalog.format('%s/%s/%s/%s/%s/%s/%s/%s/%s/%s', kind, database, relation, page, tuple, virtualxid,
                         transactionid, classid, objid, objsubid) AS tag,
       mode, is_granted, wait_ms::bigint AS wait_ms, total
  FROM named
 ORDER BY pid, is_granted, transaction, place
