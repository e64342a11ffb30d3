CREATE SCHEMA app;
CREATE AGGREGATE app.a(integer) (SFUNC = int4pl, STYPE = integer);
