CREATE SCHEMA app;
CREATE TYPE app.size AS ENUM ('s', 'm', 'l');
CREATE TYPE app.sizes AS RANGE (SUBTYPE = app.size);
CREATE FUNCTION app.wide(app.sizes) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT upper_inf($1)';
CREATE TABLE app.t (id integer PRIMARY KEY, v app.sizes);
INSERT INTO app.t VALUES (1, '[s,m]'), (2, NULL);
