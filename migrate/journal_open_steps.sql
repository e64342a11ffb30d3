-- Steps of files that run statement by statement and of which nothing says that the version was settled since.
-- %1$s: the journal. Columns: version, step, statement_hash, checksum, is_done, has_temporary, before. Servers from 12.
-- A step that was intended and then failed with nothing left behind is none.
SELECT s.version, s.step::bigint AS step, max(s.statement_hash) AS statement_hash, max(s.checksum) AS checksum,
       bool_or(s.event = 'step_done') AS is_done,
       coalesce(bool_or(s.event = 'step_done' AND s.detail ->> 'temporary' = 'true'), false) AS has_temporary,
       (array_agg(s.detail ->> 'before' ORDER BY s.id DESC) FILTER (WHERE s.event = 'step_intended'))[1] AS before
  FROM %1$s s
 WHERE s.event IN ('step_intended', 'step_done')
   AND s.version IS NOT NULL
   AND NOT EXISTS (SELECT FROM %1$s e
                    WHERE e.version = s.version AND e.id > s.id AND e.event IN ('applied', 'marked', 'resolved'))
   AND NOT (s.event = 'step_intended'
            AND EXISTS (SELECT FROM %1$s f
                         WHERE f.version = s.version AND f.step = s.step AND f.id > s.id
                           AND f.event = 'failed' AND f.detail ->> 'left' = 'nothing'))
 GROUP BY s.version, s.step
 ORDER BY s.version, s.step
