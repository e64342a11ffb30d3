CREATE SCHEMA §;
CREATE TYPE §.place AS (street text, «composite.attributes: number integer ¦ number bigint ¦ number integer, city text ¦ number integer, zip text COLLATE "C"»);
COMMENT ON TYPE §.place IS «composite.comment: NULL ¦ 'where'»;
COMMENT ON COLUMN §.place.street IS «composite.attribute_comments: NULL ¦ 'its name' ¦ 'another'»;
«composite: CREATE TYPE §.nothing AS (); ¦ »
CREATE TABLE §.houses (id integer PRIMARY KEY, «h=: color text ¦ place §.place ¦ places §.place[]»);
CREATE FUNCTION §.street_of(§.place) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT ($1).street $$;
CREATE VIEW §.streets AS SELECT id, §.street_of(NULL) AS x FROM §.houses;
INSERT INTO §.houses («h? id, color ¦ id ¦ id») VALUES («h? 1, 'red' ¦ 1 ¦ 1»);
