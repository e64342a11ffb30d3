-- Brings rows from before 010 and 011 up to what these ask for, then validates the check of 011.
-- Each UPDATE takes only rows that lack the value, so a second run finds none. The message is text, or a list of
-- parts of which some are text; a case without any user message gets the empty string.

UPDATE test_cases c
   SET last_user_message = left(coalesce((
           SELECT CASE jsonb_typeof(m.message -> 'content')
                      WHEN 'string' THEN m.message ->> 'content'
                      WHEN 'array' THEN (SELECT string_agg(p.part ->> 'text', ' ' ORDER BY p.position)
                                           FROM jsonb_array_elements(m.message -> 'content')
                                                WITH ORDINALITY AS p (part, position))
                  END
             FROM jsonb_array_elements(c.messages) WITH ORDINALITY AS m (message, position)
            WHERE m.message ->> 'role' = 'user'
            ORDER BY m.position DESC
            LIMIT 1), ''), 500)
 WHERE c.last_user_message IS NULL;

-- greatest() passes over nulls: the last sign of life of the run, never before its start.
UPDATE regression_tests r
   SET finished_at = greatest(r.started_at,
                              coalesce((SELECT max(l.created_at) FROM test_logs l WHERE l.regression_test_id = r.id),
                                       r.updated_at))
 WHERE r.status IN ('completed', 'failed', 'cancelled')
   AND r.finished_at IS NULL;

ALTER TABLE regression_tests VALIDATE CONSTRAINT regression_tests_end_check;
