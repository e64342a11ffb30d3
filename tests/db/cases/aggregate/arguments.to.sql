-- differences: 1
CREATE SCHEMA app;
CREATE AGGREGATE app.a(n integer) (SFUNC = int4pl, STYPE = integer);
