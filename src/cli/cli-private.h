/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the words of the command line share: options, printing, tables, and the report on a model.
 */
#pragma once

#include "base/tn-i18n.h"
#include "exec/tn-run.h"
#include "formats/tn-format.h"
#include "infer/tn-advice.h"

G_BEGIN_DECLS

/* The contract with scripts: these numbers never change. */
typedef enum
{
  TN_EXIT_OK = 0,
  TN_EXIT_PROBLEMS = 1,    /* errors in the model, or a run failed */
  TN_EXIT_USAGE = 2,       /* bad usage; an unreadable or hostile file */
  TN_EXIT_UNSUPPORTED = 3, /* a sound file with something that Tenon does not support */
} TnExit;

/* ---- words ---- */

/* One word of the command line: static const data. @run gets the word as argv[0]. */
typedef struct _TnCommand TnCommand;
struct _TnCommand
{
  const char *word;
  const char *arguments; /* N_("FILE PLACE") */
  const char *summary;   /* N_(): one sentence, for the list of words */
  const char *details;   /* N_(): what follows the options in its help, or NULL */
  TnExit (*run) (const TnCommand *command, int argc, char **argv);
};

extern const TnCommand tn_command_check;
extern const TnCommand tn_command_explain;
extern const TnCommand tn_command_fix;
extern const TnCommand tn_command_sizes;
extern const TnCommand tn_command_run;
extern const TnCommand tn_command_tune;
extern const TnCommand tn_command_export;
extern const TnCommand tn_command_layers;
extern const TnCommand tn_command_help;

/* In the order in which help lists them; ends with NULL. */
const TnCommand *const *tn_command_all (void);
/* NULL when there is none. */
const TnCommand *tn_command_find (const char *word);

/* Reads the options of @entries, and from @min to @max other arguments into @rest. FALSE when
 * there is nothing more to do: --help was asked for, or a message was printed; then @code is what
 * to exit with. */
gboolean tn_command_parse (const TnCommand *command, const GOptionEntry *entries, int argc,
                           char **argv, guint min, guint max, GStrv *rest, TnExit *code);
/* What --help prints; new string. */
char *tn_command_help_text (const TnCommand *command, const GOptionEntry *entries);

/* A whole number within @min … @max out of what was typed after @option. FALSE, with a message,
 * when it is none. NULL leaves @number as it is. */
gboolean tn_command_number (const char *option, const char *text, gint64 min, gint64 max,
                            gint64 *number);

/* ---- printing ---- */

/* To standard output, in the character set of the terminal. Returns @code, or TN_EXIT_USAGE when
 * it could not be written (to a reader that has gone is fine). */
TnExit tn_cli_print (const char *text, TnExit code);
/* As it is. */
TnExit tn_cli_print_bytes (GBytes *bytes, TnExit code);
/* @value as JSON. Takes it over. */
TnExit tn_cli_print_json (TnValue *value, TnExit code);
/* To standard error, as it is. */
void tn_cli_print_error (const char *text);
/* "tenon: …" to standard error; returns @code. */
TnExit tn_cli_fail (TnExit code, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* The same for a fault of the environment, with the exit code that belongs to it. */
TnExit tn_cli_fail_error (const GError *error);

typedef enum
{
  TN_INK_PLAIN,
  TN_INK_BOLD,
  TN_INK_DIM,
  TN_INK_ERROR,
  TN_INK_WARNING,
  TN_INK_CONTRACT,
  TN_INK_GOOD,
} TnInk;

/* Text that grows, with colours where they are wanted. */
typedef struct
{
  GString *text;
  gboolean color;
} TnPaper;

/* Colours when @fd is a terminal that has them and NO_COLOR does not forbid them. */
TnPaper tn_paper_new (int fd);
void tn_paper_clear (TnPaper *paper);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TnPaper, tn_paper_clear)
void tn_paper_write (TnPaper *paper, TnInk ink, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* Lines of whole words, each after @indent spaces. */
void tn_paper_write_wrapped (TnPaper *paper, TnInk ink, const char *text, guint indent);

/* Rows of cells, printed with columns as wide as their widest cell. */
typedef struct _TnTable TnTable;

/* @columns: one letter each, 'l' for left and 'r' for right. */
TnTable *tn_table_new (const char *columns);
void tn_table_free (TnTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnTable, tn_table_free)
/* The next cell, row by row. Takes over @text; NULL is an empty cell. */
void tn_table_add (TnTable *table, TnInk ink, char *text);
/* Each line begins with @indent spaces. */
void tn_table_write (const TnTable *table, TnPaper *paper, guint indent);

/* ---- models ---- */

/* A model that was read and judged. */
typedef struct
{
  char *file; /* as given */
  TnFormat format;
  TnFacts *facts;
  TnAdvice *advice;
  TnReport *given_report; /* what --weights and --data brought up; NULL without */
  GHashTable *weights;
  gboolean keras_words; /* issues are told in Keras's words as well */
} TnSubject;

void tn_subject_clear (TnSubject *subject);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TnSubject, tn_subject_clear)
/* Reads @file and infers. @dense_inputs and @weights as typed, or NULL. FALSE after a message, with
 * the exit code. */
gboolean tn_subject_read (TnSubject *subject, const char *file, const char *dense_inputs,
                          const char *weights, TnExit *code);
/* Reads the heads of .npy files, each given as LAYER=FILE, and compares them with inputs and
 * Targets. FALSE after a message, with the exit code. */
gboolean tn_subject_compare_data (TnSubject *subject, char **data, TnExit *code);
/* LAYER=FILE.npy, split at the last '='; @option for messages. NULL after a message. */
TnTensor *tn_cli_read_array (const char *option, const char *typed, char **layer, TnExit *code);
/* Finds the repairs. */
/* Puts the model in @file behind the subject's, as a group that its outputs feed. */
gboolean tn_subject_then (TnSubject *subject, const char *file, TnExit *code);
void tn_subject_advise (TnSubject *subject);
const TnGraph *tn_subject_graph (const TnSubject *subject);
guint tn_subject_n_issues (const TnSubject *subject);
/* Those of the facts, then those of what was given. */
const TnIssue *tn_subject_issue (const TnSubject *subject, guint position);
/* An issue of severity error. */
gboolean tn_subject_has_errors (const TnSubject *subject);
/* A place that was named: a layer, one axis of it, or the wires between two layers. */
typedef struct
{
  const TnNode *node;
  gboolean has_axis;
  gint64 axis;
  const TnNode *from; /* NULL: no wire was named */
} TnPlace;

/* "layer", "layer:axis" or "from->to". FALSE when the model has no such place. */
gboolean tn_place_find (const TnGraph *graph, const char *text, TnPlace *place);
/* Indexes of the layers in the order of computation, each once. Of guint. */
GArray *tn_subject_order (const TnSubject *subject);

/* ---- cli-rows.c ---- */

/* A line of a list of layers: a layer, or a group followed by what it holds, one deeper. */
typedef struct
{
  const TnGroup *group; /* NULL: a layer */
  guint index;          /* of the layer */
  guint depth;
} TnSubjectRow;

/* In topological order, groups where their first layer stands. Of #TnSubjectRow. */
GArray *tn_subject_rows (const TnSubject *subject);
/* The layers that do not count (tn_graph_role()), in the order of computation: indexes in
 * tn_facts_whole(). Of guint. */
GArray *tn_subject_idle (const TnSubject *subject);
/* How many of a layer's calls are to be told: in a group that is called several times with the same
 * shapes those of one call of the group, else all. */
guint tn_subject_calls_told (const TnSubject *subject, guint index);
/* What enters and leaves a group, call by call. Of #TnShape. */
GArray *tn_subject_group_inputs (const TnSubject *subject, const TnGroup *group);
GArray *tn_subject_group_outputs (const TnSubject *subject, const TnGroup *group);

/* Over all that a group holds; -1 where something is not known. */
typedef struct
{
  gint64 params;
  gint64 trainable;
  gint64 macs;
  TnState state; /* the worst */
} TnGroupSums;
TnGroupSums tn_subject_group_sums (const TnSubject *subject, const TnGroup *group);

/* ---- the report for people ---- */

void tn_cli_report_write_layers (const TnSubject *subject, TnPaper *paper);
void tn_cli_report_write_totals (const TnSubject *subject, TnPaper *paper);
/* One issue: its message, because, and the repairs, by their number. */
void tn_cli_report_write_issue (const TnSubject *subject, guint position, gboolean with_fixes,
                                TnPaper *paper);
/* All of them, and a line that counts them. */
void tn_cli_report_write_issues (const TnSubject *subject, gboolean with_fixes, TnPaper *paper);
/* The shape of all outputs of a layer, "(None, 4)" or several with commas. New string. */
char *tn_cli_report_shapes (const TnSubject *subject, guint index);
/* "26 = ⌊(28 − 3)/1⌋ + 1 (conv2d)". New string. */
char *tn_cli_report_link (const TnProvenance *link, const TnGraph *graph);

/* ---- JSON ---- */

/* A dict of pairs (const char *, TnValue *), ended by NULL; takes over the values. */
TnValue *tn_cli_json_dict (const char *key, ...) G_GNUC_NULL_TERMINATED;
/* A list that takes over the array of TnValue. */
TnValue *tn_cli_json_list (GPtrArray *items);
/* null for NULL, for what is not finite, for negative. */
TnValue *tn_cli_json_string (const char *string);
TnValue *tn_cli_json_float (double number);
TnValue *tn_cli_json_count (gint64 count);
/* Null when nothing is known of it. */
TnValue *tn_cli_json_shape (const TnShape *shape);
/* The whole answer of `check`. */
TnValue *tn_cli_json_check (const TnSubject *subject);
TnValue *tn_cli_json_issues (const TnSubject *subject);
TnValue *tn_cli_json_fix (const TnFix *fix);

/* What the file's "tenon" block has for runs, or NULL. */
const TnValue *tn_cli_run_stored (const TnGraph *graph, const char *key);
/* A number of that above 0, else @fallback. */
gint64 tn_cli_run_stored_number (const TnGraph *graph, const char *key, gint64 fallback);

/* ---- the answer of `run`; @files: of each output, or NULL ---- */

TnValue *tn_cli_run_value (const TnRunResult *result, const GPtrArray *files);
void tn_cli_run_write (const TnRunResult *result, const GPtrArray *files, TnPaper *paper);

G_END_DECLS
