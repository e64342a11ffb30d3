-- differences: 2
CREATE SCHEMA app;
CREATE AGGREGATE app.a(bigint) (SFUNC = int8pl, STYPE = bigint);
