-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.inner AS (b text, a text);
CREATE TYPE app.outer AS (i app.inner, n app.inner[], note text);
CREATE DOMAIN app.d AS app.inner;
CREATE TABLE app.t (id integer PRIMARY KEY, o app.outer, os app.outer[], d app.d);
CREATE VIEW app.firsts AS SELECT id, ((o).i).a AS a, (os[1]).note AS note, (d).b AS b FROM app.t;
INSERT INTO app.t (id, o, os, d)
SELECT g.id, s.o, ARRAY[s.o, NULL], s.i
  FROM (VALUES (1, 'x', '1'), (2, 'it''s', ', "')) AS g(id, a, b),
       LATERAL (SELECT jsonb_populate_record(NULL::app.inner, jsonb_build_object('a', g.a, 'b', g.b)) AS i) AS r,
       LATERAL (SELECT r.i, ROW(r.i, ARRAY[r.i], 'note')::app.outer AS o) AS s;
INSERT INTO app.t (id) VALUES (3);
