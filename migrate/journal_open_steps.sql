-- Steps of files that run statement by statement and of which nothing says that the version was settled since.
-- %1$s: the journal. Columns: version, step, statement_hash, checksum, is_done, has_temporary, before. Servers from 12.
-- A step that was intended and then failed with nothing left behind is none. 7 and 007 are one version.
WITH journal AS (SELECT *, pg_catalog.ltrim(version, '0') AS number FROM %1$s WHERE version IS NOT NULL)
SELECT max(s.version) OVER (PARTITION BY s.number) AS version, s.step, s.statement_hash, s.checksum, s.is_done, s.has_temporary,
       s.before
  FROM (SELECT s.number, s.step::bigint AS step, max(s.version) AS version, (array_agg(s.statement_hash ORDER BY s.id DESC))[1] AS statement_hash,
               (array_agg(s.checksum ORDER BY s.id DESC))[1] AS checksum, bool_or(s.event = 'step_done') AS is_done,
               coalesce(bool_or(s.event = 'step_done' AND s.detail ->> 'temporary' = 'true'), false) AS has_temporary,
               (array_agg(s.detail ->> 'before' ORDER BY s.id DESC) FILTER (WHERE s.event = 'step_intended'))[1] AS before
          FROM journal s
         WHERE s.event IN ('step_intended', 'step_done')
           AND NOT EXISTS (SELECT FROM journal e
                            WHERE e.number = s.number AND e.id > s.id AND e.event IN ('applied', 'marked', 'resolved'))
           AND NOT (s.event = 'step_intended'
                    AND EXISTS (SELECT FROM journal f
                                 WHERE f.number = s.number AND f.step = s.step AND f.id > s.id
                                   AND f.event = 'failed' AND f.detail ->> 'left' = 'nothing'))
         GROUP BY s.number, s.step) AS s
 ORDER BY s.number, s.step
