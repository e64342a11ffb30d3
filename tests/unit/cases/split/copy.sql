CREATE TABLE t (a int, b text);
COPY t FROM stdin;
1	it's; "open $$ /* and \\ more
2	\N
\.
COPY public."T ;" (a, "b)") FROM STDIN WITH (FORMAT csv, HEADER true); -- a comment
a,b
1,"\. not the end"
 \.
\.
copy /* c */ t -- d
  from /* e */ stdin;
\.
COPY t FROM '/tmp/x;y';
COPY t FROM PROGRAM 'cat;';
COPY (SELECT 1 FROM t) TO STDOUT;
COPY t TO STDOUT;
COPY t (a) FROM STDIN WHERE a > 1;
5	x
\.
SELECT 1;
