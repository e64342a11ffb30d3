CREATE SCHEMA app;
CREATE TYPE app.e AS ENUM ('x');
CREATE FUNCTION app.e_of(internal) RETURNS app.e LANGUAGE internal IMMUTABLE AS 'enum_recv';
CREATE TRANSFORM FOR app.e LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION app.e_of(internal));
CREATE TYPE app."e 2" AS ENUM ('x');
CREATE FUNCTION app.e2_of(internal) RETURNS app."e 2" LANGUAGE internal IMMUTABLE AS 'enum_recv';
CREATE TRANSFORM FOR app."e 2" LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION app.e2_of(internal));
CREATE PROCEDURE app.p(a integer, b text) LANGUAGE sql AS 'SELECT 1';
