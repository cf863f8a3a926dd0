-- A register of schema 0002, as its last release made them: with records that were undone, withdrawn and
-- restored, and keys of lines that changed nothing; `PRAGMA application_id` is not part of a dump.
PRAGMA application_id = 1802726777;
BEGIN TRANSACTION;
CREATE TABLE agreement (
	ref TEXT NOT NULL, 
	title TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	stage TEXT NOT NULL, 
	dated TEXT, 
	place TEXT, 
	parties TEXT NOT NULL, 
	source TEXT, 
	created_on TEXT NOT NULL, 
	updated_on TEXT NOT NULL, withdrawn INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_agreement_withdrawn CHECK (withdrawn IN (0, 1)), 
	CONSTRAINT pk_agreement PRIMARY KEY (ref), 
	CONSTRAINT ck_agreement_ref CHECK (ref = upper(ref) AND length(ref) BETWEEN 1 AND 64), 
	CONSTRAINT ck_agreement_kind CHECK (kind IN ('joint-statement', 'memorandum', 'treaty', 'contract')), 
	CONSTRAINT ck_agreement_stage CHECK (stage IN ('negotiating', 'concluded', 'adopted', 'signed', 'ratified', 'in-force', 'terminated')), 
	CONSTRAINT ck_agreement_parties CHECK (parties IN ('KR', 'MY', 'both')), 
	CONSTRAINT ck_agreement_created_on CHECK (date(created_on, '+0 days') IS created_on), 
	CONSTRAINT ck_agreement_updated_on CHECK (date(updated_on, '+0 days') IS updated_on)
)
 STRICT

;
INSERT INTO "agreement" VALUES('FA50M-2023','Supply of 18 FA-50M light fighter jets','contract','signed','2023',NULL,'both','Report of the Seoul summit of 25 November 2024','2024-11-25','2024-11-25',0);
INSERT INTO "agreement" VALUES('MOU-TOURISM','Tourism','memorandum','signed','2024-11-25','Seoul','both','Report of the Seoul summit of 25 November 2024','2024-11-25','2024-11-25',0);
INSERT INTO "agreement" VALUES('SP-2024','Republic of Korea - Malaysia Strategic Partnership','joint-statement','adopted','2024-11-25','Yongsan Presidential Office, Seoul','both','Report of the Seoul summit of 25 November 2024; the leaders'' joint statement for the stage','2024-11-25','2024-11-25',0);
INSERT INTO "agreement" VALUES('MOU-MINERALS','Critical mineral supply chains','memorandum','signed','2024-11-25','Seoul','both','Report of the Seoul summit of 25 November 2024','2024-11-25','2024-11-25',0);
INSERT INTO "agreement" VALUES('FTA','Bilateral free trade agreement','treaty','negotiating',NULL,NULL,'both','Report of the Seoul summit of 25 November 2024','2024-11-25','2024-11-25',0);
INSERT INTO "agreement" VALUES('MOU-CCS','Carbon capture and storage technology','memorandum','signed','2024-11-25','Seoul','both','Report of the Seoul summit of 25 November 2024','2024-11-25','2024-11-25',0);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE commitment (
	ref TEXT NOT NULL, 
	title TEXT NOT NULL, 
	detail TEXT, 
	agreement TEXT NOT NULL, 
	sector TEXT NOT NULL, 
	parties TEXT NOT NULL, 
	firmness TEXT NOT NULL, 
	verifiable INTEGER NOT NULL, 
	source TEXT, 
	status TEXT NOT NULL, 
	due TEXT, 
	due_phrase TEXT, 
	baseline_due TEXT, 
	completed_on TEXT, 
	completed_due TEXT, 
	due_earliest TEXT, 
	due_latest TEXT, 
	completed_latest TEXT, 
	slip_days INTEGER, 
	evidence INTEGER NOT NULL, 
	created_on TEXT NOT NULL, 
	updated_on TEXT NOT NULL, withdrawn INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_commitment_withdrawn CHECK (withdrawn IN (0, 1)), 
	CONSTRAINT pk_commitment PRIMARY KEY (ref), 
	CONSTRAINT fk_commitment_agreement FOREIGN KEY(agreement) REFERENCES agreement (ref), 
	CONSTRAINT ck_commitment_ref CHECK (ref = upper(ref) AND length(ref) BETWEEN 1 AND 64), 
	CONSTRAINT ck_commitment_parties CHECK (parties IN ('KR', 'MY', 'both')), 
	CONSTRAINT ck_commitment_firmness CHECK (firmness IN ('signed', 'committed', 'agreed', 'discussed', 'hoped')), 
	CONSTRAINT ck_commitment_status CHECK (status IN ('planned', 'in-progress', 'finalising', 'completed', 'suspended', 'cancelled')), 
	CONSTRAINT ck_commitment_verifiable CHECK (verifiable IN (0, 1)), 
	CONSTRAINT ck_commitment_evidence CHECK (evidence >= 0), 
	CONSTRAINT ck_commitment_completion CHECK ((status = 'completed') = (completed_on IS NOT NULL)), 
	CONSTRAINT ck_commitment_window CHECK (due_earliest <= due_latest), 
	CONSTRAINT ck_commitment_due CHECK ((due IS NULL) = (due_earliest IS NULL) AND (due IS NULL) = (due_latest IS NULL)), 
	CONSTRAINT ck_commitment_completed_on CHECK (date(completed_on, '+0 days') IS completed_on), 
	CONSTRAINT ck_commitment_due_earliest CHECK (date(due_earliest, '+0 days') IS due_earliest), 
	CONSTRAINT ck_commitment_due_latest CHECK (date(due_latest, '+0 days') IS due_latest), 
	CONSTRAINT ck_commitment_completed_latest CHECK (date(completed_latest, '+0 days') IS completed_latest), 
	CONSTRAINT ck_commitment_created_on CHECK (date(created_on, '+0 days') IS created_on), 
	CONSTRAINT ck_commitment_updated_on CHECK (date(updated_on, '+0 days') IS updated_on)
)
 STRICT

;
INSERT INTO "commitment" VALUES('REGIONAL-STABILITY','Keep the region stable','Both leaders are concerned about closer military ties between North Korea and Russia.','SP-2024','regional','both','discussed',0,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "commitment" VALUES('CCS-START','Start the joint carbon capture and storage project','The leaders talked about how to carry the project out; 2029 is its starting year.','MOU-CCS','green-energy','both','discussed',1,'Report of the Seoul summit of 25 November 2024','planned','2029','set to begin in 2029','2029',NULL,NULL,'2029-01-01','2029-12-31',NULL,0,0,'2024-11-25','2024-11-25',0);
INSERT INTO "commitment" VALUES('PARIS-REDUCTIONS','Reduce greenhouse gases together under the Paris Agreement','Closer cooperation under the Paris Agreement to cut greenhouse gas emissions.','SP-2024','climate','both','agreed',1,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "commitment" VALUES('DEFENCE-TRAINING','Joint military training','Prime Minister Anwar said Malaysia is willing to train together with Korea.','SP-2024','defence','both','agreed',1,'Report of the Seoul summit of 25 November 2024','planned',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "commitment" VALUES('CCS-TECHNOLOGY','Cooperate on carbon capture and storage technology','Rests on the memorandum on carbon capture and storage technology.','MOU-CCS','green-energy','both','signed',1,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "commitment" VALUES('FTA-CONCLUDE','Conclude the bilateral free trade agreement','President Yoon Suk Yeol and Prime Minister Anwar Ibrahim both took this on at the summit.','FTA','trade','both','committed',1,'Report of the Seoul summit of 25 November 2024','in-progress','2025','by next year','2025',NULL,NULL,'2025-01-01','2025-12-31',NULL,0,0,'2024-11-25','2026-01-15',0);
INSERT INTO "commitment" VALUES('FA50M-DELIVERY','Deliver 18 FA-50M jets to Malaysia','18 FA-50M light fighter jets under the US$920 million deal of 2023.','FA50M-2023','defence','KR','signed',1,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "commitment" VALUES('HYDROGEN','Cooperate on clean hydrogen','Prime Minister Anwar called the two countries well matched in this field.','SP-2024','green-energy','both','hoped',1,'Report of the Seoul summit of 25 November 2024','planned',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "commitment" VALUES('JETS-UPGRADE','Support the upgrade of Malaysia''s air force jets','Korean support for what Malaysia does to upgrade its air force jets.','SP-2024','defence','KR','discussed',1,'Report of the Seoul summit of 25 November 2024','planned',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "commitment" VALUES('DEFENCE-RESEARCH','Joint research, development and military technology','Prime Minister Anwar said Malaysia is willing to work with Korea on defence research, development and technology.','SP-2024','defence','both','agreed',1,'Report of the Seoul summit of 25 November 2024','planned',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "commitment" VALUES('MULTILATERAL','Work together in APEC and ASEAN','Closer cooperation on regional and global challenges in the two forums.','SP-2024','regional','both','agreed',1,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "commitment" VALUES('INVESTMENT','High-value Korean investment in Malaysia','Fields: semiconductors, electric vehicles, green technology. Prime Minister Anwar met 147 companies; Samsung, SK Nexilis and Posco Group are named.','SP-2024','investment','both','hoped',1,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "commitment" VALUES('GREEN-ENERGY','Joint green energy initiatives toward carbon neutrality','Joint initiatives in green energy, with carbon neutrality as the aim.','SP-2024','green-energy','both','discussed',1,'Report of the Seoul summit of 25 November 2024','planned',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "commitment" VALUES('MINERALS-SUPPLY','Supply critical minerals from Malaysia''s reserves to Korean industry','Rests on the memorandum on critical mineral supply chains.','MOU-MINERALS','critical-minerals','both','signed',1,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "commitment" VALUES('MIDDLE-EAST-PEACE','Support peace in the Middle East','The leaders spoke of the humanitarian crisis in Gaza and the violence in Lebanon.','SP-2024','regional','both','committed',0,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "commitment" VALUES('TRADE-GROWTH','Grow bilateral trade','Starting point: US$25 billion for 2023; Malaysia is Korea''s third-largest trade partner in ASEAN.','SP-2024','trade','both','discussed',1,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "commitment" VALUES('FTA-SCOPE','Take the FTA beyond trade and investment','Fields named: digital economy, green technology, bioeconomy.','FTA','trade','both','committed',1,'Report of the Seoul summit of 25 November 2024','planned',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "commitment" VALUES('DEFENCE-INDUSTRY','Korean firms take part in Malaysia''s defence modernisation','President Yoon hopes Korean firms go on taking part in Malaysia''s defence projects.','SP-2024','defence','both','hoped',1,'Report of the Seoul summit of 25 November 2024','planned',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "commitment" VALUES('TOURISM','Carry out the tourism agreement','Rests on the memorandum on tourism.','MOU-TOURISM','tourism','both','signed',1,'Report of the Seoul summit of 25 November 2024','in-progress',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,'2024-11-25','2025-12-01',0);
INSERT INTO "commitment" VALUES('TIN','Tin',NULL,'FTA','mining','both','agreed',1,NULL,'in-progress','2026-35',NULL,'2026-35',NULL,NULL,'2026-07-01','2026-09-30',NULL,0,0,'2026-01-15','2026-01-15',0);
INSERT INTO "commitment" VALUES('TIN-2','Tin again',NULL,'FTA','mining','both','agreed',1,NULL,'planned',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2026-01-15','2026-01-15',0);
CREATE TABLE entry (
	id INTEGER NOT NULL, 
	invocation TEXT NOT NULL, 
	"key" TEXT, 
	key_digest TEXT, 
	recorded_at TEXT NOT NULL, 
	effective_on TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	record TEXT NOT NULL, 
	ref TEXT NOT NULL, 
	action TEXT NOT NULL, 
	changes TEXT NOT NULL, 
	note TEXT, 
	evidence TEXT NOT NULL, 
	previous_hash TEXT, 
	hash TEXT NOT NULL, 
	CONSTRAINT pk_entry PRIMARY KEY (id), 
	CONSTRAINT ck_entry_record CHECK (record IN ('agreement', 'commitment', 'milestone')), 
	CONSTRAINT ck_entry_action CHECK (action IN ('created', 'updated', 'noted', 'undone', 'withdrawn', 'restored')), 
	CONSTRAINT ck_entry_recorded_at CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(recorded_at, 1, 19), '+0 days') IS substr(recorded_at, 1, 19) AND recorded_at GLOB '*.[0-9][0-9][0-9][0-9][0-9][0-9]Z'), 
	CONSTRAINT ck_entry_effective_on CHECK (date(effective_on, '+0 days') IS effective_on), 
	CONSTRAINT ck_entry_hash CHECK (length(hash) = 64), 
	CONSTRAINT ck_entry_first CHECK ((id = 1) = (previous_hash IS NULL)), 
	CONSTRAINT ck_entry_key CHECK ((key IS NULL) = (key_digest IS NULL))
)
 STRICT

;
INSERT INTO "entry" VALUES(1,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','agreement','SP-2024','created','{"dated":[null,"2024-11-25"],"kind":[null,"joint-statement"],"parties":[null,"both"],"place":[null,"Yongsan Presidential Office, Seoul"],"source":[null,"Report of the Seoul summit of 25 November 2024; the leaders'' joint statement for the stage"],"stage":[null,"adopted"],"title":[null,"Republic of Korea - Malaysia Strategic Partnership"]}','Sources conflict: the report says President Yoon Suk Yeol and Prime Minister Anwar Ibrahim signed it; the leaders'' joint statement calls itself adopted. The report names only the weekday, Monday.','[]',NULL,'d1991be1c196a45c0266fdd702bd65e4677aa65354c857c0ec09fb8ab3f31520');
INSERT INTO "entry" VALUES(2,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','agreement','FTA','created','{"kind":[null,"treaty"],"parties":[null,"both"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"stage":[null,"negotiating"],"title":[null,"Bilateral free trade agreement"]}','To be concluded "by next year", which from the summit''s date is 2025.','[]','d1991be1c196a45c0266fdd702bd65e4677aa65354c857c0ec09fb8ab3f31520','e2353098732853969e988611e4e9af5e0913f7a4a56d60bb1ce63ea63e6d62d7');
INSERT INTO "entry" VALUES(3,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','agreement','MOU-MINERALS','created','{"dated":[null,"2024-11-25"],"kind":[null,"memorandum"],"parties":[null,"both"],"place":[null,"Seoul"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"stage":[null,"signed"],"title":[null,"Critical mineral supply chains"]}','Signed on the sidelines of the summit by officials of both countries, says the report; it names none of them.','[]','e2353098732853969e988611e4e9af5e0913f7a4a56d60bb1ce63ea63e6d62d7','4a16875f337e67270aad9cebc27b197b736929fa2d4465b51838e1fb5ac07e94');
INSERT INTO "entry" VALUES(4,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','agreement','MOU-CCS','created','{"dated":[null,"2024-11-25"],"kind":[null,"memorandum"],"parties":[null,"both"],"place":[null,"Seoul"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"stage":[null,"signed"],"title":[null,"Carbon capture and storage technology"]}','Signed on the sidelines of the summit by officials of both countries, says the report; it names none of them.','[]','4a16875f337e67270aad9cebc27b197b736929fa2d4465b51838e1fb5ac07e94','84bad1185eb432e955e7f04a29eccf5295d0553e65d1a6aaf31585567ef3c076');
INSERT INTO "entry" VALUES(5,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','agreement','MOU-TOURISM','created','{"dated":[null,"2024-11-25"],"kind":[null,"memorandum"],"parties":[null,"both"],"place":[null,"Seoul"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"stage":[null,"signed"],"title":[null,"Tourism"]}','Sources conflict: the report has unnamed officials of both countries signing it on the sidelines of the summit; other reports date the signature 2025-01-18.','[]','84bad1185eb432e955e7f04a29eccf5295d0553e65d1a6aaf31585567ef3c076','cff1c7bc06e036cb16fb352bc06f2506800e0a3e344ab117d47ea4895237f428');
INSERT INTO "entry" VALUES(6,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','agreement','FA50M-2023','created','{"dated":[null,"2023"],"kind":[null,"contract"],"parties":[null,"both"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"stage":[null,"signed"],"title":[null,"Supply of 18 FA-50M light fighter jets"]}','Worth US$920 million. The report gives the year of the deal only, and no signatories.','[]','cff1c7bc06e036cb16fb352bc06f2506800e0a3e344ab117d47ea4895237f428','d532a0a3ada5705bca19c3da88be636744a92aa86b7aa5d3f3dc74cc652bf169');
INSERT INTO "entry" VALUES(7,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','FTA-CONCLUDE','created','{"agreement":[null,"FTA"],"baseline_due":[null,"2025"],"detail":[null,"President Yoon Suk Yeol and Prime Minister Anwar Ibrahim both took this on at the summit."],"due":[null,"2025"],"due_phrase":[null,"by next year"],"firmness":[null,"committed"],"parties":[null,"both"],"sector":[null,"trade"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Conclude the bilateral free trade agreement"],"verifiable":[null,true]}','The report names no calendar date; the summit was on 2024-11-25, so "next year" is 2025. It does not say which step counts as concluding: the end of the talks or the signature.','[]','d532a0a3ada5705bca19c3da88be636744a92aa86b7aa5d3f3dc74cc652bf169','ce8c4508b15bbf9679e83de4020c75154ca6ec79da93f173fc3cb6670910aa4c');
INSERT INTO "entry" VALUES(8,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','FTA-SCOPE','created','{"agreement":[null,"FTA"],"detail":[null,"Fields named: digital economy, green technology, bioeconomy."],"firmness":[null,"committed"],"parties":[null,"both"],"sector":[null,"trade"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"planned"],"title":[null,"Take the FTA beyond trade and investment"],"verifiable":[null,true]}','The report words the wider scope as an aim and sets no date for it.','[]','ce8c4508b15bbf9679e83de4020c75154ca6ec79da93f173fc3cb6670910aa4c','9d24d3b3563de76051160954bf341f8b9c4b9803afc6a576e7513fccbee26b11');
INSERT INTO "entry" VALUES(9,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','TRADE-GROWTH','created','{"agreement":[null,"SP-2024"],"detail":[null,"Starting point: US$25 billion for 2023; Malaysia is Korea''s third-largest trade partner in ASEAN."],"firmness":[null,"discussed"],"parties":[null,"both"],"sector":[null,"trade"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Grow bilateral trade"],"verifiable":[null,true]}','The report sets no target or date, and words the 2023 figure as an expectation although that year was over.','[]','9d24d3b3563de76051160954bf341f8b9c4b9803afc6a576e7513fccbee26b11','3710441a74393251b2a11198abdf861aeb0c311a3a569e53deae36c71c418a83');
INSERT INTO "entry" VALUES(10,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','MINERALS-SUPPLY','created','{"agreement":[null,"MOU-MINERALS"],"detail":[null,"Rests on the memorandum on critical mineral supply chains."],"firmness":[null,"signed"],"parties":[null,"both"],"sector":[null,"critical-minerals"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Supply critical minerals from Malaysia''s reserves to Korean industry"],"verifiable":[null,true]}','The report names no minerals, quantities or dates.','[]','3710441a74393251b2a11198abdf861aeb0c311a3a569e53deae36c71c418a83','f97c81cda4fc95bcc62e1f6fce4b2a9c8a5143e329c5977af285a5c92e76820c');
INSERT INTO "entry" VALUES(11,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','CCS-START','created','{"agreement":[null,"MOU-CCS"],"baseline_due":[null,"2029"],"detail":[null,"The leaders talked about how to carry the project out; 2029 is its starting year."],"due":[null,"2029"],"due_phrase":[null,"set to begin in 2029"],"firmness":[null,"discussed"],"parties":[null,"both"],"sector":[null,"green-energy"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"planned"],"title":[null,"Start the joint carbon capture and storage project"],"verifiable":[null,true]}','The report gives the year only, and no site, capacity or companies.','[]','f97c81cda4fc95bcc62e1f6fce4b2a9c8a5143e329c5977af285a5c92e76820c','48ce6b71e4f301c55517653ef1edf3796a18af112b59e49e07614759688e421f');
INSERT INTO "entry" VALUES(12,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','CCS-TECHNOLOGY','created','{"agreement":[null,"MOU-CCS"],"detail":[null,"Rests on the memorandum on carbon capture and storage technology."],"firmness":[null,"signed"],"parties":[null,"both"],"sector":[null,"green-energy"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Cooperate on carbon capture and storage technology"],"verifiable":[null,true]}',NULL,'[]','48ce6b71e4f301c55517653ef1edf3796a18af112b59e49e07614759688e421f','c528e40f0691565033604e3eb70b49553e82eeded6e2f75bdc8bd3003876d998');
INSERT INTO "entry" VALUES(13,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','PARIS-REDUCTIONS','created','{"agreement":[null,"SP-2024"],"detail":[null,"Closer cooperation under the Paris Agreement to cut greenhouse gas emissions."],"firmness":[null,"agreed"],"parties":[null,"both"],"sector":[null,"climate"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Reduce greenhouse gases together under the Paris Agreement"],"verifiable":[null,true]}','The report sets no amount of emissions and no date.','[]','c528e40f0691565033604e3eb70b49553e82eeded6e2f75bdc8bd3003876d998','572617555ea320c2c27c7c7e35f247aa8b6c4efaa4baac6d52dd77d720e53b64');
INSERT INTO "entry" VALUES(14,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','GREEN-ENERGY','created','{"agreement":[null,"SP-2024"],"detail":[null,"Joint initiatives in green energy, with carbon neutrality as the aim."],"firmness":[null,"discussed"],"parties":[null,"both"],"sector":[null,"green-energy"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"planned"],"title":[null,"Joint green energy initiatives toward carbon neutrality"],"verifiable":[null,true]}','The report names no single initiative and no year for carbon neutrality.','[]','572617555ea320c2c27c7c7e35f247aa8b6c4efaa4baac6d52dd77d720e53b64','4d5c0144042dcd595d9d5fbce4afaa5f8d9b2e147c9a21673c54c951825a5499');
INSERT INTO "entry" VALUES(15,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','HYDROGEN','created','{"agreement":[null,"SP-2024"],"detail":[null,"Prime Minister Anwar called the two countries well matched in this field."],"firmness":[null,"hoped"],"parties":[null,"both"],"sector":[null,"green-energy"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"planned"],"title":[null,"Cooperate on clean hydrogen"],"verifiable":[null,true]}','The report has this from the Malaysian side only, as a possibility.','[]','4d5c0144042dcd595d9d5fbce4afaa5f8d9b2e147c9a21673c54c951825a5499','e150dbad6e000dfd0733cfe4d04c6d7fdccebc6dcf42b25c86fb94a1de861929');
INSERT INTO "entry" VALUES(16,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','FA50M-DELIVERY','created','{"agreement":[null,"FA50M-2023"],"detail":[null,"18 FA-50M light fighter jets under the US$920 million deal of 2023."],"firmness":[null,"signed"],"parties":[null,"KR"],"sector":[null,"defence"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Deliver 18 FA-50M jets to Malaysia"],"verifiable":[null,true]}','Sources conflict: the report, citing President Yoon, calls the delivery of the 18 jets successful; other sources schedule delivery from 2026. Kept in progress, without a due date.','[]','e150dbad6e000dfd0733cfe4d04c6d7fdccebc6dcf42b25c86fb94a1de861929','a3e68c052f67674cc58b4a708ac7ed18519d4f692bb2f7770b59d71811a29e0a');
INSERT INTO "entry" VALUES(17,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','JETS-UPGRADE','created','{"agreement":[null,"SP-2024"],"detail":[null,"Korean support for what Malaysia does to upgrade its air force jets."],"firmness":[null,"discussed"],"parties":[null,"KR"],"sector":[null,"defence"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"planned"],"title":[null,"Support the upgrade of Malaysia''s air force jets"],"verifiable":[null,true]}','The report does not say which aircraft, how many or by when.','[]','a3e68c052f67674cc58b4a708ac7ed18519d4f692bb2f7770b59d71811a29e0a','100988fd10239f7a75d83c1c0d79ed059f02342207ca8ca3a37723fbcc4fe15e');
INSERT INTO "entry" VALUES(18,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','DEFENCE-INDUSTRY','created','{"agreement":[null,"SP-2024"],"detail":[null,"President Yoon hopes Korean firms go on taking part in Malaysia''s defence projects."],"firmness":[null,"hoped"],"parties":[null,"both"],"sector":[null,"defence"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"planned"],"title":[null,"Korean firms take part in Malaysia''s defence modernisation"],"verifiable":[null,true]}','The report has this from the Korean side, as a hope; it names no firm or project.','[]','100988fd10239f7a75d83c1c0d79ed059f02342207ca8ca3a37723fbcc4fe15e','e5891fc2ab483cb6df1cc4103289034de9ac9c230f3d21057b5f6f751b6977cb');
INSERT INTO "entry" VALUES(19,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','DEFENCE-TRAINING','created','{"agreement":[null,"SP-2024"],"detail":[null,"Prime Minister Anwar said Malaysia is willing to train together with Korea."],"firmness":[null,"agreed"],"parties":[null,"both"],"sector":[null,"defence"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"planned"],"title":[null,"Joint military training"],"verifiable":[null,true]}','The report quotes the Malaysian side only and names no exercise or date.','[]','e5891fc2ab483cb6df1cc4103289034de9ac9c230f3d21057b5f6f751b6977cb','c929380bb211403f746c254fd3feaa5d93efc41ff25835e365904d7288c40937');
INSERT INTO "entry" VALUES(20,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','DEFENCE-RESEARCH','created','{"agreement":[null,"SP-2024"],"detail":[null,"Prime Minister Anwar said Malaysia is willing to work with Korea on defence research, development and technology."],"firmness":[null,"agreed"],"parties":[null,"both"],"sector":[null,"defence"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"planned"],"title":[null,"Joint research, development and military technology"],"verifiable":[null,true]}','The report quotes the Malaysian side only and names no project or date.','[]','c929380bb211403f746c254fd3feaa5d93efc41ff25835e365904d7288c40937','d998c01e04dfd87d7c4a0e10ac577ddc471dc639573140a609e6084256c65d88');
INSERT INTO "entry" VALUES(21,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','INVESTMENT','created','{"agreement":[null,"SP-2024"],"detail":[null,"Fields: semiconductors, electric vehicles, green technology. Prime Minister Anwar met 147 companies; Samsung, SK Nexilis and Posco Group are named."],"firmness":[null,"hoped"],"parties":[null,"both"],"sector":[null,"investment"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"High-value Korean investment in Malaysia"],"verifiable":[null,true]}','The report gives no amount, and no investment decided by any of the companies.','[]','d998c01e04dfd87d7c4a0e10ac577ddc471dc639573140a609e6084256c65d88','401f6507e1b548ff6308e11aae8c5a41b1922e37d7a35b1b5f328714a1df34ac');
INSERT INTO "entry" VALUES(22,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','TOURISM','created','{"agreement":[null,"MOU-TOURISM"],"detail":[null,"Rests on the memorandum on tourism."],"firmness":[null,"signed"],"parties":[null,"both"],"sector":[null,"tourism"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Carry out the tourism agreement"],"verifiable":[null,true]}','The report says nothing of what the memorandum contains. Sources conflict on when it was signed: see MOU-TOURISM.','[]','401f6507e1b548ff6308e11aae8c5a41b1922e37d7a35b1b5f328714a1df34ac','a443be953c22cb3f54295cfcfa2401169b32da37fac0bfe1770d564c685d464f');
INSERT INTO "entry" VALUES(23,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','MULTILATERAL','created','{"agreement":[null,"SP-2024"],"detail":[null,"Closer cooperation on regional and global challenges in the two forums."],"firmness":[null,"agreed"],"parties":[null,"both"],"sector":[null,"regional"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Work together in APEC and ASEAN"],"verifiable":[null,true]}',NULL,'[]','a443be953c22cb3f54295cfcfa2401169b32da37fac0bfe1770d564c685d464f','9828c3002d6ec6efd564c20d94ad27b1d7c12852a82f6bcc869ad82b9dc5b620');
INSERT INTO "entry" VALUES(24,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','REGIONAL-STABILITY','created','{"agreement":[null,"SP-2024"],"detail":[null,"Both leaders are concerned about closer military ties between North Korea and Russia."],"firmness":[null,"discussed"],"parties":[null,"both"],"sector":[null,"regional"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Keep the region stable"],"verifiable":[null,false]}','A shared concern; the report names no act that could show it done.','[]','9828c3002d6ec6efd564c20d94ad27b1d7c12852a82f6bcc869ad82b9dc5b620','d9eed0479f93e3533173357147bc74b2d17f53b4a978022d29702c7c770173a9');
INSERT INTO "entry" VALUES(25,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','commitment','MIDDLE-EAST-PEACE','created','{"agreement":[null,"SP-2024"],"detail":[null,"The leaders spoke of the humanitarian crisis in Gaza and the violence in Lebanon."],"firmness":[null,"committed"],"parties":[null,"both"],"sector":[null,"regional"],"source":[null,"Report of the Seoul summit of 25 November 2024"],"status":[null,"in-progress"],"title":[null,"Support peace in the Middle East"],"verifiable":[null,false]}','A shared position; the report names no act that could show it done.','[]','d9eed0479f93e3533173357147bc74b2d17f53b4a978022d29702c7c770173a9','8d20ba643b260a8ac2c8f0cda9c8cb875123e102a4232b7e2ad5edcf0a4c3acb');
INSERT INTO "entry" VALUES(26,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','milestone','FTA-CONCLUDE/1','created','{"state":[null,"scheduled"],"title":[null,"Negotiations concluded"]}',NULL,'[]','8d20ba643b260a8ac2c8f0cda9c8cb875123e102a4232b7e2ad5edcf0a4c3acb','fefe424f46d4517142df729d2f6772d96e1fee5803c84f80b762e098f4de72cc');
INSERT INTO "entry" VALUES(27,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','milestone','FTA-CONCLUDE/2','created','{"state":[null,"scheduled"],"title":[null,"Signed"]}',NULL,'[]','fefe424f46d4517142df729d2f6772d96e1fee5803c84f80b762e098f4de72cc','c3087883d191af26938c936c1c7b7bcc498d153bf0dbdd9ff0f9a7bbc8643b4f');
INSERT INTO "entry" VALUES(28,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','milestone','FTA-CONCLUDE/3','created','{"state":[null,"scheduled"],"title":[null,"Ratified by Korea"]}',NULL,'[]','c3087883d191af26938c936c1c7b7bcc498d153bf0dbdd9ff0f9a7bbc8643b4f','18762dc557221f31412eb18f5d7f393125ec78ad8eca2aaecc86a71488c7305d');
INSERT INTO "entry" VALUES(29,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','milestone','FTA-CONCLUDE/4','created','{"state":[null,"scheduled"],"title":[null,"Ratified by Malaysia"]}',NULL,'[]','18762dc557221f31412eb18f5d7f393125ec78ad8eca2aaecc86a71488c7305d','da4587370a9057c1d6f739f5a3d0ca5e106f50f6f31c07ad92efbcd9671c70d8');
INSERT INTO "entry" VALUES(30,'5573c3972a0f4349bc054dcfdbfa308a',NULL,NULL,'2026-01-15T04:00:00.000000Z','2024-11-25','seeder','milestone','FTA-CONCLUDE/5','created','{"state":[null,"scheduled"],"title":[null,"In force"]}',NULL,'[]','da4587370a9057c1d6f739f5a3d0ca5e106f50f6f31c07ad92efbcd9671c70d8','bcc5117f178cd046a15f87ec403f7c49b4c879000f497bfd42b8c7fb86db87e7');
INSERT INTO "entry" VALUES(31,'558c2373203a4985b25d456888e54cd9','news-1','c14ea2ccbe71383e4b00ff77d7e8cdabf26e1ae18d8ef086dfddf474292339d7','2026-01-15T04:00:00.000000Z','2025-12-01','desk','commitment','TOURISM','noted','{}','Offices opened','["https://example.org/offices"]','bcc5117f178cd046a15f87ec403f7c49b4c879000f497bfd42b8c7fb86db87e7','134a3cf96535246bca96a915b76546fa20154ad97a07aec562565bba3bd0b9ff');
INSERT INTO "entry" VALUES(32,'2b4ba6c777554b24b1add1053932e792',NULL,NULL,'2026-01-15T04:00:00.000000Z','2026-01-15','desk','commitment','TIN','created','{"agreement":[null,"FTA"],"baseline_due":[null,"2026-35"],"due":[null,"2026-35"],"firmness":[null,"agreed"],"parties":[null,"both"],"sector":[null,"mining"],"status":[null,"planned"],"title":[null,"Tin"],"verifiable":[null,true]}',NULL,'[]','134a3cf96535246bca96a915b76546fa20154ad97a07aec562565bba3bd0b9ff','8612832dd50d6ed86fa7bee986b05c55e4ff5f9cf784edacd183caccfeb12bb6');
INSERT INTO "entry" VALUES(33,'b4599cde5fb242c1a1eca0d3801f511b',NULL,NULL,'2026-01-15T04:00:00.000000Z','2026-01-15','desk','milestone','TIN/1','created','{"due":[null,"2026-06"],"state":[null,"scheduled"],"title":[null,"First shipment"]}',NULL,'[]','8612832dd50d6ed86fa7bee986b05c55e4ff5f9cf784edacd183caccfeb12bb6','ddf7371b310f46f96769ba12000b85160a0fc34ad53beb6eb39ea289d9ec63c1');
INSERT INTO "entry" VALUES(34,'d79c24553f8a498bb68c9ba6ba189688',NULL,NULL,'2026-01-15T04:00:00.000000Z','2026-01-15','desk','milestone','TIN/1','withdrawn','{"withdrawn":[false,true]}','undoes invocation b4599cde5fb242c1a1eca0d3801f511b','[]','ddf7371b310f46f96769ba12000b85160a0fc34ad53beb6eb39ea289d9ec63c1','0fba230bdd8daaec98e2038267c086b7b39fd2c80af71ded21aa8d08c90261d1');
INSERT INTO "entry" VALUES(35,'ce7acd6371044ae5b825d5fc35cc86fa',NULL,NULL,'2026-01-15T04:00:00.000000Z','2026-01-15','desk','commitment','FTA-CONCLUDE','updated','{"due":["2025","2026"]}','Put off','[]','0fba230bdd8daaec98e2038267c086b7b39fd2c80af71ded21aa8d08c90261d1','5b462abf39a5b93841f6d171b82a2bddf060f2adf91603eaaad1915b9485e737');
INSERT INTO "entry" VALUES(36,'b6f405b9fa0e4c448c39a1f28bd4dc30',NULL,NULL,'2026-01-15T04:00:00.000000Z','2026-01-15','desk','commitment','FTA-CONCLUDE','undone','{"due":["2026","2025"]}','undoes invocation ce7acd6371044ae5b825d5fc35cc86fa','[]','5b462abf39a5b93841f6d171b82a2bddf060f2adf91603eaaad1915b9485e737','ab8bd749d5c0d5400baa0879522e51d651d71256dfff000299bee2b84b492056');
INSERT INTO "entry" VALUES(37,'7a9fb9794a1f489ea973816cebf60fdd',NULL,NULL,'2026-01-15T04:00:00.000000Z','2026-01-15','desk','commitment','TIN-2','created','{"agreement":[null,"FTA"],"firmness":[null,"agreed"],"parties":[null,"both"],"sector":[null,"mining"],"status":[null,"planned"],"title":[null,"Tin again"],"verifiable":[null,true]}',NULL,'[]','ab8bd749d5c0d5400baa0879522e51d651d71256dfff000299bee2b84b492056','990b594f4583357e6b9c8bbbdd337cb8c317c93efecf623e754f13a035867c4c');
INSERT INTO "entry" VALUES(38,'57cfd2b32cbd432c8b4282d851ac66db',NULL,NULL,'2026-01-15T04:00:00.000000Z','2026-01-15','desk','commitment','TIN-2','withdrawn','{"withdrawn":[false,true]}','undoes invocation 7a9fb9794a1f489ea973816cebf60fdd','[]','990b594f4583357e6b9c8bbbdd337cb8c317c93efecf623e754f13a035867c4c','8d8aba3ffceff51ff0863cf544e49773620ec63f16986b8b41e2b1302a47ccc8');
INSERT INTO "entry" VALUES(39,'3b770861e2644881a44bf93db1ef3265',NULL,NULL,'2026-01-15T04:00:00.000000Z','2026-01-15','desk','commitment','TIN-2','restored','{"withdrawn":[true,false]}','undoes invocation 57cfd2b32cbd432c8b4282d851ac66db','[]','8d8aba3ffceff51ff0863cf544e49773620ec63f16986b8b41e2b1302a47ccc8','09f07b2e4fb7ec3125b8e557fd81aeb4b8699f61be0da3381a201f12d560f4ad');
INSERT INTO "entry" VALUES(40,'466c0d7d2535474e84a2598737af8375',NULL,NULL,'2026-01-15T04:00:00.000000Z','2026-01-10','desk','milestone','FTA-CONCLUDE/1','updated','{"met_on":[null,"2026-01-10"],"state":["scheduled","met"]}',NULL,'[]','09f07b2e4fb7ec3125b8e557fd81aeb4b8699f61be0da3381a201f12d560f4ad','915fafe474d7f03fcd49c620190f1a90a212b3bc3f10b594c6458084b4dce854');
INSERT INTO "entry" VALUES(41,'079d900089ce49069422563001896926',NULL,NULL,'2026-01-15T04:00:00.000000Z','2026-01-15','desk','commitment','TIN','updated','{"completed_due":[null,"2026-35"],"completed_on":[null,"2026-01-15"],"status":["planned","completed"]}',NULL,'[]','915fafe474d7f03fcd49c620190f1a90a212b3bc3f10b594c6458084b4dce854','31d4d2c30c5624eb79cc9f81532586faa00bc8a6994c2ed0b198023b4b372159');
INSERT INTO "entry" VALUES(42,'345b08e988c747abafb018a1b5343ebf',NULL,NULL,'2026-01-15T04:00:00.000000Z','2026-01-15','desk','commitment','TIN','updated','{"completed_due":["2026-35",null],"completed_on":["2026-01-15",null],"status":["completed","in-progress"]}','The shipment came back','[]','31d4d2c30c5624eb79cc9f81532586faa00bc8a6994c2ed0b198023b4b372159','53909234defdfee85abedee289f4c49e59710107fa3ab1266ce54224b6d1c2a5');
CREATE TABLE milestone (
	ref TEXT NOT NULL, 
	commitment TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	due TEXT, 
	state TEXT NOT NULL, 
	met_on TEXT, 
	due_earliest TEXT, 
	due_latest TEXT, 
	evidence INTEGER NOT NULL, 
	created_on TEXT NOT NULL, 
	updated_on TEXT NOT NULL, withdrawn INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_milestone_withdrawn CHECK (withdrawn IN (0, 1)), 
	CONSTRAINT pk_milestone PRIMARY KEY (ref), 
	CONSTRAINT fk_milestone_commitment FOREIGN KEY(commitment) REFERENCES commitment (ref), 
	CONSTRAINT ck_milestone_ref CHECK (ref = commitment || '/' || number), 
	CONSTRAINT ck_milestone_number CHECK (number >= 1), 
	CONSTRAINT ck_milestone_state CHECK (state IN ('scheduled', 'met', 'partially-met', 'not-met')), 
	CONSTRAINT ck_milestone_evidence CHECK (evidence >= 0), 
	CONSTRAINT ck_milestone_window CHECK (due_earliest <= due_latest), 
	CONSTRAINT ck_milestone_due CHECK ((due IS NULL) = (due_earliest IS NULL) AND (due IS NULL) = (due_latest IS NULL)), 
	CONSTRAINT ck_milestone_met_on CHECK (date(met_on, '+0 days') IS met_on), 
	CONSTRAINT ck_milestone_due_earliest CHECK (date(due_earliest, '+0 days') IS due_earliest), 
	CONSTRAINT ck_milestone_due_latest CHECK (date(due_latest, '+0 days') IS due_latest), 
	CONSTRAINT ck_milestone_created_on CHECK (date(created_on, '+0 days') IS created_on), 
	CONSTRAINT ck_milestone_updated_on CHECK (date(updated_on, '+0 days') IS updated_on)
)
 STRICT

;
INSERT INTO "milestone" VALUES('FTA-CONCLUDE/5','FTA-CONCLUDE',5,'In force',NULL,'scheduled',NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "milestone" VALUES('FTA-CONCLUDE/4','FTA-CONCLUDE',4,'Ratified by Malaysia',NULL,'scheduled',NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "milestone" VALUES('FTA-CONCLUDE/3','FTA-CONCLUDE',3,'Ratified by Korea',NULL,'scheduled',NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "milestone" VALUES('FTA-CONCLUDE/1','FTA-CONCLUDE',1,'Negotiations concluded',NULL,'met','2026-01-10',NULL,NULL,0,'2024-11-25','2026-01-10',0);
INSERT INTO "milestone" VALUES('FTA-CONCLUDE/2','FTA-CONCLUDE',2,'Signed',NULL,'scheduled',NULL,NULL,NULL,0,'2024-11-25','2024-11-25',0);
INSERT INTO "milestone" VALUES('TIN/1','TIN',1,'First shipment','2026-06','scheduled',NULL,'2026-06-01','2026-06-30',0,'2026-01-15','2026-01-15',1);
CREATE TABLE unchanged_key (
	"key" TEXT NOT NULL, 
	key_digest TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	CONSTRAINT pk_unchanged_key PRIMARY KEY ("key")
)
 STRICT

;
INSERT INTO "unchanged_key" VALUES('as-it-was','de3003f178982e865c32b598d440df992bcbcb02b2ca8cf46589810d2d3fc4b1','8e5fe3104c7b77626e770f927922096d305df503a3ec2df1e01df0bd623bfd9e');
INSERT INTO "unchanged_key" VALUES('as-it-was-too','ff357134e3066d962a9bce28bb80a18fbf5326f21153ebedec9b4b014282a3f3','b997a580cfc092495f791ad0b93e6825df70604059d86da2c42f29373e63efee');
CREATE INDEX ix_commitment_due_latest_ref ON commitment (due_latest, ref);
CREATE INDEX ix_commitment_updated_on ON commitment (updated_on);
CREATE UNIQUE INDEX ix_milestone_commitment_number ON milestone (commitment, number);
CREATE INDEX ix_milestone_state_due_latest ON milestone (state, due_latest);
CREATE INDEX ix_entry_ref_effective_on ON entry (ref, effective_on);
CREATE INDEX ix_entry_effective_on ON entry (effective_on);
CREATE INDEX ix_entry_invocation ON entry (invocation);
CREATE UNIQUE INDEX ix_entry_key ON entry ("key") WHERE key IS NOT NULL;
CREATE UNIQUE INDEX ix_entry_created ON entry (ref) WHERE action = 'created';
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;
CREATE TRIGGER entry_append BEFORE INSERT ON entry WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM entry) OR NEW.previous_hash IS NOT (SELECT hash FROM entry WHERE id = NEW.id - 1) OR EXISTS (SELECT 1 FROM entry WHERE key = NEW.key) OR (NEW.action = 'created' AND EXISTS (SELECT 1 FROM entry WHERE ref = NEW.ref AND action = 'created')) BEGIN SELECT RAISE(ABORT, 'an entry is only added at the end of the history'); END;
CREATE INDEX ix_commitment_report ON commitment (withdrawn, status, due_latest, due_earliest, ref, sector, completed_on, completed_latest, evidence, updated_on);
CREATE INDEX ix_entry_recorded_at ON entry (recorded_at);
CREATE INDEX ix_commitment_agreement_withdrawn_status_due_latest ON commitment (agreement, withdrawn, status, due_latest);
COMMIT;
