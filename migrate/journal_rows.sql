-- Rows of the journal, oldest first. %1$s: the journal. Parameters: run, version, id after which, limit (of the newest; NULL: all).
-- Servers from 12.
SELECT *
  FROM (SELECT id, run, version, step::bigint AS step, event,
               pg_catalog.to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at,
               checksum, statement_hash, transaction_id, db_role, person, host, application, detail::text AS detail
          FROM %1$s
         WHERE ($1::text IS NULL OR run = $1)
           AND ($2::text IS NULL OR version = $2)
           AND ($3::bigint IS NULL OR id > $3::bigint)
         ORDER BY id DESC
         LIMIT $4::bigint) AS newest
 ORDER BY id
