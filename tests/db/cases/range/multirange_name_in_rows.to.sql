CREATE SCHEMA app;
CREATE TYPE app.range_of AS RANGE (SUBTYPE = date, MULTIRANGE_TYPE_NAME = app.dates);
CREATE TABLE app.t (id integer PRIMARY KEY, v app.range_of, m app.dates);
INSERT INTO app.t VALUES (1, '[2020-01-01,2020-02-01)', '{[2020-01-01,2020-02-01),[2021-01-01,)}');
