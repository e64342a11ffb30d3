-- Reference rows: the three ways of judging that a new installation starts with.
-- Ids and times are fixed, so that every database gets the same rows. ON CONFLICT without a target covers the id,
-- the name and the one default: what an operator has set up already stays as it is.

INSERT INTO evaluation_settings
    (id, created_at, updated_at, name, judge_model, judge_prompt, pass_score, is_default)
VALUES
    (821306798899200000, '2026-03-16 09:00:00+00', '2026-03-16 09:00:00+00', 'standard', 'gpt-4.1-mini',
     'Score from 0 to 100 how well the reply meets the expectation. Wording is free; content is not.', 80, true),
    (821306798899200001, '2026-03-16 09:00:00+00', '2026-03-16 09:00:00+00', 'strict', 'gpt-4.1',
     'Score from 0 to 100. Every point of the expectation that is missing or contradicted costs 20.', 95, false),
    (821306798899200002, '2026-03-16 09:00:00+00', '2026-03-16 09:00:00+00', 'tool_calls', 'gpt-4.1-mini',
     'Score 100 if the reply calls the expected tools with equivalent arguments, in any order, else 0.', 100, false)
ON CONFLICT DO NOTHING;
