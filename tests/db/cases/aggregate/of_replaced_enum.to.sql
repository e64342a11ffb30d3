-- differences: 1
CREATE SCHEMA app;
CREATE TYPE app.level AS ENUM ('high', 'low');
CREATE FUNCTION app.highest(app.level, app.level) RETURNS app.level LANGUAGE sql IMMUTABLE AS 'SELECT greatest($1, $2)';
CREATE AGGREGATE app.top(app.level) (SFUNC = app.highest, STYPE = app.level, INITCOND = 'low');
CREATE TABLE app.t (id integer PRIMARY KEY, v app.level);
INSERT INTO app.t VALUES (1, 'high'), (2, 'low');
