-- The newest runs, newest first, summed up. %1$s: the journal. Parameter: limit. Servers from 12.
SELECT run,
       pg_catalog.to_char(min(at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS started_at,
       pg_catalog.to_char(max(at) FILTER (WHERE event = 'run_finished') AT TIME ZONE 'UTC',
                          'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS finished_at,
       max(db_role) AS db_role, max(person) AS person, max(host) AS host, max(application) AS application,
       coalesce(max(detail ->> 'outcome') FILTER (WHERE event = 'run_finished'), 'open') AS outcome,
       count(*) FILTER (WHERE event = 'applied') AS applied,
       count(*) FILTER (WHERE event = 'failed') AS failed
  FROM %1$s
 GROUP BY run
 ORDER BY min(id) DESC
 LIMIT $1::bigint
