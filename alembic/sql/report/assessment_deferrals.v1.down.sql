DROP FUNCTION report.assessment_deferral_problem(report.assessment_deferrals);
DROP TABLE report.assessment_deferrals;
DROP FUNCTION report.complete_assessment_deferral();
