-- The states there are for some hash chains. A database that is no longer the one that was published, or that SQL of a file has
-- given settings, is none. $1: the prefix of databases' names; $2: keys, text[].
-- Columns: id, key, extensions, findings. Serves 12 and newer.
SELECT d.id::bigint AS id, d.key, d.extensions, d.findings
FROM pgdeck.database AS d
JOIN pg_catalog.pg_database AS p ON p.oid = d.database_oid AND p.datname = $1 || '_' || d.id
WHERE d.kind = 'state' AND d.key = ANY ($2::text[])
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_db_role_setting AS s WHERE s.setdatabase = p.oid)
