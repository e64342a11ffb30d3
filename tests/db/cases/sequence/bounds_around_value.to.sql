-- differences: 2
CREATE SCHEMA app;
CREATE SEQUENCE app.s MINVALUE 10 MAXVALUE 50;
SELECT setval('app.s', 40);
