-- Prepared transactions: they hold their locks until somebody ends them, and no process id is theirs. No parameters.
-- transaction is the one that pg_locks knows them by. Columns: name, number, transaction, role, database, prepared_at, age_ms.
-- Servers from 12.
SELECT p.gid                                                AS name,
       p.transaction::text::bigint                          AS number,
       (SELECT l.virtualtransaction FROM pg_catalog.pg_locks l
         WHERE l.pid IS NULL AND l.granted AND l.locktype = 'transactionid' AND l.transactionid = p.transaction
         LIMIT 1)                                           AS transaction,
       p.owner::text                                        AS role,
       p.database::text                                     AS database,
       pg_catalog.to_char(p.prepared AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS prepared_at,
       greatest(0, extract(epoch FROM pg_catalog.clock_timestamp() - p.prepared) * 1000)::bigint AS age_ms
  FROM pg_catalog.pg_prepared_xacts p
 ORDER BY p.prepared, p.gid
