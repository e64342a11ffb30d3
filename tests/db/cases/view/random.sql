CREATE SCHEMA §;
CREATE TABLE §.t (id integer PRIMARY KEY, a «column.type*: integer ¦ bigint», b text «column*: , extra text ¦ »);
INSERT INTO §.t (id, a, b) VALUES (1, 1, 'x'), (2, 2, NULL);
CREATE VIEW §.one «view.options: ¦ WITH (security_barrier = true) ¦ WITH (security_invoker = true) ¦ WITH (check_option = 'cascaded')» AS SELECT id, a «view.definition*: , b FROM §.t ¦ , b FROM §.t WHERE a > 0 ¦ , upper(b) AS b FROM §.t ¦ FROM §.t»;
COMMENT ON VIEW §.one IS «view.comment: NULL ¦ 'one'»;
COMMENT ON COLUMN §.one.a IS «view.column_comments: NULL ¦ 'a' ¦ 'an a'»;
ALTER VIEW §.one ALTER a SET DEFAULT «view.column_defaults: 1 ¦ 2»;
CREATE VIEW §.two AS SELECT one.a, count(*) AS n FROM §.one GROUP BY one.a;
«view: CREATE VIEW §.three AS SELECT t.*, two.n FROM §.t JOIN §.two USING (a); ¦ »
CREATE VIEW §.numbers AS WITH RECURSIVE n(n) AS (VALUES (1) UNION ALL SELECT n.n + 1 FROM n WHERE n.n < 3) SELECT n FROM n;
CREATE FUNCTION §.rows_of_one() RETURNS SETOF §.one LANGUAGE sql AS 'SELECT * FROM §.one';
CREATE VIEW §.through AS SELECT r.id FROM §.rows_of_one() AS r;
«view: CREATE VIEW §."Odd view" AS SELECT 'it''s'::text AS "Odd col", NULL::integer AS "select"; ¦ »
GRANT SELECT ON §.two TO random_reader;
