-- differences: 2
-- loses: app.s
CREATE SCHEMA app;
CREATE SEQUENCE app.s MINVALUE 100 MAXVALUE 200;
SELECT setval('app.s', 150);
