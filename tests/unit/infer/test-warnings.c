/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Warnings: for every code models that give rise to it, and near misses that do not. */
#include <string.h>

#include "graph/tn-silence.h"
#include "infer/tn-advice.h"
#include "infer/tn-warnings.h"
#include "test-models.h"

/* ---- models as text: a line for each layer, NAME TYPE SOURCES SETTING…, “-” for no source ---- */

static void
read_layer (TnDraft *draft, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  g_auto (GStrv) sources = g_strsplit (words[2], ",", -1);
  TnNodeId id = tn_draft_add (draft, &tn_layer_find (words[1])->schema, words[0], FALSE, NULL);

  for (guint i = 3; words[i] != NULL; i++)
    {
      g_auto (GStrv) setting = g_strsplit (words[i], "=", 2);
      g_autoptr (TnReport) report = tn_report_new ();

      if (!tn_draft_set_text (draft, id, setting[0], setting[1], report))
        g_error ("%s: %s", line, tn_report_first (report));
    }
  for (guint i = 0; sources[i] != NULL && strcmp (sources[i], "-") != 0; i++)
    {
      const TnNode *source = tn_draft_find_name (draft, sources[i]);

      g_assert_nonnull (source);
      g_assert_true (
          tn_draft_connect (draft, (TnRef){ tn_node_id (source), 0, 0 }, id, 0, G_MAXUINT, NULL));
    }
}

/* @text ends, after “> ”, with the outputs where they are declared. */
static TnGraph *
read_model (const char *text)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  tn_draft_set_dense_inputs (draft, TN_DENSE_ANY);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "> "))
      {
        TnRef ref = { tn_node_id (tn_draft_find_name (draft, lines[i] + 2)), 0, 0 };

        tn_draft_set_outputs (draft, &ref, 1);
      }
    else
      read_layer (draft, lines[i]);
  return tn_draft_finish (draft);
}

#define IMAGE(shape) "x InputLayer - batch_shape=(None," shape ")\n"

static const struct
{
  const char *code;
  const char *node; /* where it is told; NULL: nowhere, a near miss */
  const char *model;
} cases[] = {
  { "dropped-rows", "p", IMAGE ("7,7,3") "p MaxPooling2D x" },
  { "dropped-rows", "p", IMAGE ("9,3") "p AveragePooling1D x pool_size=2" },
  { "dropped-rows", "p", IMAGE ("3,8,9") "p MaxPooling2D x data_format=channels_first" },
  { "dropped-rows", "c", IMAGE ("8,8,3") "c Conv2D x filters=4 kernel_size=3 strides=2" },
  /* Between two windows, at the ends nothing. */
  { "dropped-rows", "p", IMAGE ("8,8,3") "p MaxPooling2D x pool_size=2 strides=3" },
  { "dropped-rows", NULL, IMAGE ("8,8,3") "p MaxPooling2D x" },
  { "dropped-rows", NULL, IMAGE ("7,7,3") "p MaxPooling2D x padding=same" },
  { "dropped-rows", NULL, IMAGE ("None,7,3") "p MaxPooling2D x pool_size=(2,1)" },
  { "dropped-rows", NULL, IMAGE ("28,28,3") "c Conv2D x filters=4 kernel_size=3" },
  { "dropped-rows", NULL, IMAGE ("11,11,3") "c Conv2D x filters=4 kernel_size=3 strides=2" },
  { "dropped-rows", NULL, IMAGE ("56,56,3") "c Conv2D x filters=4 kernel_size=1 strides=2" },
  { "dropped-rows", NULL, IMAGE ("11,11,3") "p MaxPooling2D x" },
  /* Only zeros are left out, as in ResNet. */
  { "dropped-rows", NULL,
    IMAGE ("6,6,3") "z ZeroPadding2D x padding=1\n"
                    "p MaxPooling2D z pool_size=3 strides=2" },

  { "size-one", "c", IMAGE ("1,8,3") "c Conv2D x filters=4 kernel_size=3 padding=same" },
  { "size-one", "q",
    IMAGE ("2,2,3") "p MaxPooling2D x\n"
                    "b BatchNormalization p\n"
                    "q MaxPooling2D b padding=same" },
  { "size-one", NULL, IMAGE ("2,8,3") "c Conv2D x filters=4 kernel_size=3 padding=same" },
  { "size-one", NULL, IMAGE ("1,8,3") "c Conv2D x filters=4 kernel_size=(1,3) padding=same" },

  { "size-zero", "x", IMAGE ("0,3") "g GlobalMaxPooling1D x" },
  { "size-zero", NULL, IMAGE ("1,3") "g GlobalMaxPooling1D x" },

  { "broadcast", "a", IMAGE ("4,5") "y InputLayer - batch_shape=(None,5)\na Add x,y" },
  { "broadcast", "a", IMAGE ("7,7,8") "g GlobalAveragePooling2D x keepdims=True\na Add x,g" },
  { "broadcast", "a", IMAGE ("4,5") "y InputLayer - batch_shape=(None,5)\na Multiply x,y" },
  { "broadcast", NULL, IMAGE ("4,5") "y InputLayer - batch_shape=(None,4,5)\na Add x,y" },
  { "broadcast", NULL, IMAGE ("None,1") "y InputLayer - batch_shape=(None,4,1)\na Add x,y" },
  { "broadcast", NULL, IMAGE ("1,5") "y InputLayer - batch_shape=(None,5)\na Add x,y" },
  /* Squeeze and excitation. */
  { "broadcast", NULL, IMAGE ("7,7,8") "g GlobalAveragePooling2D x keepdims=True\na Multiply x,g" },

  { "batch-axis", "s", IMAGE ("4") "s Softmax x axis=0" },
  { "batch-axis", "s", IMAGE ("4") "s Softmax x axis=-2" },
  { "batch-axis", "c",
    IMAGE ("4") "y InputLayer - batch_shape=(None,4)\nc Concatenate x,y axis=0" },
  { "batch-axis", "u", IMAGE ("4") "u UnitNormalization x axis=0" },
  { "batch-axis", "x", "x InputLayer - batch_shape=(784,)" },
  { "batch-axis", "r", IMAGE ("28,28") "r Resizing x height=8 width=8" },
  { "batch-axis", "e",
    "x InputLayer - batch_shape=(3,4)\n"
    "e EinsumDense x equation='ab,bc->ca' output_shape=3" },
  { "batch-axis", NULL, IMAGE ("4") "s Softmax x" },
  { "batch-axis", NULL, "x InputLayer - batch_shape=(None,)" },
  { "batch-axis", NULL, "x InputLayer - batch_shape=(8,784)" },
  { "batch-axis", NULL, IMAGE ("28,28,1") "r Resizing x height=8 width=8" },
  { "batch-axis", NULL, IMAGE ("4") "e EinsumDense x equation='ab,bc->ac' output_shape=3" },

  { "norm-one", "n", IMAGE ("8,1") "n LayerNormalization x" },
  { "norm-one", "n", IMAGE ("1,1,8") "n GroupNormalization x groups=8" },
  { "norm-one", "n", "x InputLayer - batch_shape=(1,8)\nn BatchNormalization x" },
  { "norm-one", NULL, IMAGE ("1,8") "n LayerNormalization x" },
  { "norm-one", NULL, IMAGE ("1,2,8") "n GroupNormalization x groups=8" },
  { "norm-one", NULL, IMAGE ("1,1,8") "n GroupNormalization x groups=4" },
  { "norm-one", NULL, IMAGE ("8") "n BatchNormalization x" },

  { "softmax-one", "d", IMAGE ("4") "d Dense x units=1 activation=softmax" },
  { "softmax-one", "s", IMAGE ("5,1") "s Softmax x" },
  { "softmax-one", "a", IMAGE ("5,1") "a Activation x activation=softmax" },
  { "softmax-one", NULL, IMAGE ("4") "d Dense x units=1 activation=sigmoid" },
  { "softmax-one", NULL, IMAGE ("4") "d Dense x units=2 activation=softmax" },
  { "softmax-one", NULL, IMAGE ("5,1") "s Softmax x axis=1" },

#define LOSS(units, activation, loss)                                                              \
  IMAGE ("4")                                                                                      \
  "d Dense x units=" units " activation=" activation "\n"                                          \
  "t Target d shape=(None," units ") loss=" loss
#define SPARSE(units, activation)                                                                  \
  IMAGE ("4")                                                                                      \
  "d Dense x units=" units " activation=" activation "\n"                                          \
  "t Target d shape=(None,) loss=sparse_categorical_crossentropy"
  { "loss-activation", "t", LOSS ("3", "sigmoid", "categorical_crossentropy") },
  { "loss-activation", "t", LOSS ("3", "relu", "categorical_crossentropy") },
  { "loss-activation", "t", SPARSE ("3", "linear") },
  { "loss-activation", "t", SPARSE ("1", "sigmoid") },
  { "loss-activation", "t", LOSS ("3", "softmax", "binary_crossentropy") },
  { "loss-activation", "t", LOSS ("1", "tanh", "binary_crossentropy") },
  /* Through layers that hand it on. */
  { "loss-activation", "t",
    IMAGE ("4") "d Dense x units=6 activation=sigmoid\n"
                "r Reshape d target_shape=(2,3)\n"
                "t Target r shape=(None,2,3) loss=categorical_crossentropy" },
  { "loss-activation", NULL, LOSS ("3", "softmax", "categorical_crossentropy") },
  { "loss-activation", NULL, SPARSE ("3", "softmax") },
  { "loss-activation", NULL, LOSS ("3", "sigmoid", "binary_crossentropy") },
  { "loss-activation", NULL, LOSS ("2", "softmax", "binary_crossentropy") },
  { "loss-activation", NULL, LOSS ("3", "linear", "mean_squared_error") },
  { "loss-activation", NULL,
    IMAGE ("4") "d Dense x units=3\n"
                "s Softmax d\n"
                "t Target s shape=(None,3) loss=categorical_crossentropy" },
  /* What an Add puts out cannot be told. */
  { "loss-activation", NULL,
    IMAGE ("4") "d Dense x units=4\n"
                "a Add d,x\n"
                "t Target a shape=(None,4) loss=categorical_crossentropy" },

  { "activation-twice", "r", IMAGE ("4") "d Dense x units=3 activation=relu\nr ReLU d" },
  { "activation-twice", "s", IMAGE ("4") "d Dense x units=3 activation=softmax\ns Softmax d" },
  { "activation-twice", "b", IMAGE ("4") "a LeakyReLU x\nb Activation a activation=tanh" },
  { "activation-twice", NULL, IMAGE ("4") "d Dense x units=3\nr ReLU d" },
  { "activation-twice", NULL,
    IMAGE ("4") "d Dense x units=3 activation=relu\na Activation d activation=linear" },
  { "activation-twice", NULL,
    IMAGE ("4") "d Dense x units=3 activation=relu\nb BatchNormalization d\nr ReLU b" },
  { "activation-twice", NULL,
    IMAGE ("4") "a Activation x activation=softplus\nb Activation a activation=tanh" },

  { "linear-twice", "e", IMAGE ("4") "d Dense x units=8\ne Dense d units=2" },
  { "linear-twice", NULL, IMAGE ("4") "d Dense x units=8 activation=relu\ne Dense d units=2" },
  /* Fewer units between than on both sides. */
  { "linear-twice", NULL, IMAGE ("64") "d Dense x units=8\ne Dense d units=64" },
  { "linear-twice", NULL, IMAGE ("4") "d Dense x units=8\ne Dense d units=2\nr ReLU d" },
  { "linear-twice", NULL,
    IMAGE ("4") "d Dense x units=8\nb BatchNormalization d\ne Dense b units=2" },

  { "dropout-norm", "b", IMAGE ("4") "d Dropout x rate=0.5\nb BatchNormalization d" },
  { "dropout-norm", "b", IMAGE ("4") "d Dropout x rate=0.5\nr ReLU d\nb BatchNormalization r" },
  { "dropout-norm", NULL, IMAGE ("4") "d Dropout x rate=0\nb BatchNormalization d" },
  { "dropout-norm", NULL, IMAGE ("4") "b BatchNormalization x\nd Dropout b rate=0.5" },
  { "dropout-norm", NULL, IMAGE ("4") "d Dropout x rate=0.5\nb LayerNormalization d" },
  { "dropout-norm", NULL,
    IMAGE ("4") "d Dropout x rate=0.5\ne Dense d units=3\nb BatchNormalization e" },

  { "dropout-last", "o", IMAGE ("4") "d Dense x units=3 activation=softmax\no Dropout d rate=0.5" },
  { "dropout-last", "o",
    IMAGE ("4") "d Dense x units=3\no Dropout d rate=0.5\nt Target o shape=(None,3)" },
  { "dropout-last", "o", IMAGE ("4") "d Dense x units=3\no Dropout d rate=0.5\n> o" },
  { "dropout-last", NULL,
    IMAGE ("4") "o Dropout x rate=0.5\nd Dense o units=3 activation=softmax" },
  /* Still being drawn. */
  { "dropout-last", NULL, IMAGE ("4") "d Dense x units=3 activation=relu\no Dropout d rate=0.5" },
  { "dropout-last", NULL, IMAGE ("4") "d Dense x units=3\no Dropout d rate=0\n> o" },

  { "embedding-floats", "e",
    IMAGE ("4") "r Rescaling x scale=0.1\ne Embedding r input_dim=9 output_dim=2" },
  { "embedding-floats", "e",
    IMAGE ("4") "d Dense x units=3\nr Reshape d target_shape=(3,)\ne Embedding r input_dim=9 "
                "output_dim=2" },
  { "embedding-floats", NULL, IMAGE ("4") "e Embedding x input_dim=9 output_dim=2" },
  { "embedding-floats", NULL,
    IMAGE ("4") "r Reshape x target_shape=(2,2)\ne Embedding r input_dim=9 output_dim=2" },

  { "same-twice", "a", IMAGE ("4") "d Dense x units=3\na Add d,d" },
  { "same-twice", "a", IMAGE ("4") "d Dense x units=3\ne Dense x units=3\na Concatenate d,e,d" },
  { "same-twice", NULL, IMAGE ("4") "d Dense x units=3\ne Dense x units=3\na Add d,e" },
  { "same-twice", NULL, IMAGE ("4") "a Multiply x,x" },

  { "no-effect", "p", IMAGE ("8,8,3") "p MaxPooling2D x pool_size=1" },
  { "no-effect", "u", IMAGE ("8,8,3") "u UpSampling2D x size=1" },
  { "no-effect", "z", IMAGE ("8,8,3") "z ZeroPadding2D x padding=0" },
  { "no-effect", "c", IMAGE ("8,8,3") "c Cropping2D x cropping=0" },
  { "no-effect", "p", IMAGE ("8,8,3") "p Permute x dims=(1,2,3)" },
  { "no-effect", "g", IMAGE ("8,8,3") "f Flatten x\ng Flatten f" },
  /* ResNet thins out so. */
  { "no-effect", NULL, IMAGE ("8,8,3") "p MaxPooling2D x pool_size=1 strides=2" },
  { "no-effect", NULL, IMAGE ("8,8,3") "u UpSampling2D x size=(1,2)" },
  { "no-effect", NULL, IMAGE ("8,8,3") "z ZeroPadding2D x padding=((0,1),(0,0))" },
  { "no-effect", NULL, IMAGE ("8,8,3") "c Cropping2D x cropping=((0,1),(0,0))" },
  { "no-effect", NULL, IMAGE ("8,8,3") "p Permute x dims=(2,1,3)" },
  { "no-effect", NULL, IMAGE ("8,8,3") "f Flatten x" },
  { "no-effect", NULL, IMAGE ("8,8,3") "p GlobalAveragePooling2D x\nf Flatten p" },

  { "unused", "y", IMAGE ("4") "y InputLayer - batch_shape=(None,3)\nd Dense x units=3" },
  { "unused", "e", IMAGE ("4") "d Dense x units=3\ne Dense x units=3\n> d" },
  { "unused", NULL, IMAGE ("4") "d Dense x units=3\ne Dense x units=3" },
  { "unused", NULL, IMAGE ("4") "d Dense x units=3\nt Target d shape=(None,3)\n> d" },
  { "unused", NULL, "x InputLayer - batch_shape=(None,3)" },
  /* Something is not wired yet. */
  { "unused", NULL, IMAGE ("4") "d Dense - units=3" },

  { "dense-large", "d", IMAGE ("64,64,256") "f Flatten x\nd Dense f units=64" },
  { "dense-large", NULL, IMAGE ("64,64,256") "g GlobalAveragePooling2D x\nd Dense g units=250000" },
  { "dense-large", NULL, IMAGE ("16,16,256") "f Flatten x\nd Dense f units=64" },
  /* As in VGG16: less than nine in ten. */
  { "dense-large", NULL,
    IMAGE ("64,64,256") "f Flatten x\nd Dense f units=64 activation=relu\n"
                        "e Dense d units=160000" },
};

static const TnIssue *
find_at (const TnFacts *facts, const char *code, const char *name)
{
  for (guint i = 0; i < tn_facts_n_issues (facts); i++)
    {
      const TnIssue *issue = tn_facts_issue (facts, i);

      if (g_str_equal (issue->code, code)
          && g_str_equal (tn_node_name (tn_graph_find (tn_facts_graph (facts), issue->node)), name))
        return issue;
    }
  return NULL;
}

static void
test_codes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TnGraph) graph = read_model (cases[i].model);
      g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
      const TnIssue *found = find_code (facts, cases[i].code);

      g_assert_true (tn_warnings_has (cases[i].code));
      g_assert_false (tn_facts_has_errors (facts) && cases[i].node != NULL);
      if (cases[i].node == NULL && found != NULL)
        g_error ("%s is told at %s: %s", cases[i].code, cases[i].model, found->message);
      if (cases[i].node != NULL && find_at (facts, cases[i].code, cases[i].node) == NULL)
        g_error ("%s is not told at %s: %s", cases[i].code, cases[i].node, cases[i].model);
      if (found != NULL)
        g_assert_cmpint (found->severity, ==, TN_SEVERITY_WARNING);
    }
}

/* Every code has both kinds of cases, and a text in the help. */
static void
test_complete (void)
{
  for (const TnIssueCode *code = tn_issue_codes (); code->code != NULL; code++)
    {
      gboolean raised = FALSE, missed = FALSE;

      if (!tn_warnings_has (code->code))
        continue;
      for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
        if (g_str_equal (cases[i].code, code->code))
          {
            raised = raised || cases[i].node != NULL;
            missed = missed || cases[i].node == NULL;
          }
      if (!raised || !missed)
        g_error ("%s has no case, or no near miss", code->code);
    }
}

/* ---- silence ---- */

static void
test_silence (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TnGraph) graph = read_model (cases[i].model);
      g_autoptr (TnFacts) loud = tn_infer (graph, NULL, NULL), quiet = NULL, again = NULL;
      g_autoptr (TnDraft) draft = tn_draft_new (graph);
      g_autoptr (TnGraph) silenced = NULL, back = NULL;
      const TnIssue *issue;
      guint n;

      if (cases[i].node == NULL)
        continue;
      issue = find_at (loud, cases[i].code, cases[i].node);
      tn_draft_silence (draft, issue->node, issue->code, TRUE);
      silenced = tn_draft_finish (draft);
      quiet = tn_infer (silenced, loud, NULL);
      g_assert_null (find_at (quiet, cases[i].code, cases[i].node));
      n = tn_facts_totals (quiet).n_silenced;
      g_assert_cmpuint (n, >=, 1);
      g_assert_cmpuint (tn_facts_totals (quiet).n_warnings + n, ==,
                        tn_facts_totals (loud).n_warnings);
      g_assert_cmpstr (tn_facts_silenced (quiet, 0)->code, ==, cases[i].code);
      g_assert_cmpstr (tn_facts_silenced (quiet, 0)->message, ==, issue->message);

      tn_draft_silence (draft, issue->node, issue->code, FALSE);
      back = tn_draft_finish (draft);
      g_assert_true (tn_graph_same_meaning (back, graph));
      again = tn_infer (back, quiet, NULL);
      g_assert_nonnull (find_at (again, cases[i].code, cases[i].node));
    }
}

/* The wire is amber where a warning is about it, and not when that is silenced. What a rule
 * itself warns of is silenced just the same; an error cannot be. */
static void
test_edges (void)
{
  g_autoptr (TnGraph) graph = read_model (IMAGE ("7,7,3") "p MaxPooling2D x\nd Dense p units=3");
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL), quiet = NULL, flat = NULL;
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  g_autoptr (TnGraph) silenced = NULL, refused = NULL;

  g_assert_cmpint (tn_facts_edge (facts, 1, 0, 0), ==, TN_EDGE_WARNING);
  g_assert_cmpint (tn_facts_edge (facts, 2, 0, 0), ==, TN_EDGE_WARNING);
  tn_draft_silence (draft, 2, "dropped-rows", TRUE);
  tn_draft_silence (draft, 3, "dense-rank", TRUE);
  silenced = tn_draft_finish (draft);
  quiet = tn_infer (silenced, facts, NULL);
  g_assert_cmpint (tn_facts_edge (quiet, 1, 0, 0), ==, TN_EDGE_OK);
  g_assert_cmpint (tn_facts_edge (quiet, 2, 0, 0), ==, TN_EDGE_OK);
  g_assert_cmpuint (tn_facts_n_issues (quiet), ==, 0);
  g_assert_cmpuint (tn_facts_totals (quiet).n_silenced, ==, 2);

  tn_draft_set_dense_inputs (draft, TN_DENSE_FLAT);
  refused = tn_draft_finish (draft);
  flat = tn_infer (refused, quiet, NULL);
  g_assert_cmpuint (tn_facts_totals (flat).n_errors, ==, 1);
  g_assert_cmpint (tn_facts_edge (flat, 2, 0, 0), ==, TN_EDGE_ERROR);
}

/* ---- repairs ---- */

/* Whatever is offered for a warning ends it, and nothing else comes of it. For these codes
 * something has to be offered. */
static void
test_repairs (void)
{
  static const char *const mended[] = { "dropped-rows",    "size-one",
                                        "broadcast",       "softmax-one",
                                        "loss-activation", "activation-twice",
                                        "linear-twice",    "dropout-norm",
                                        "dropout-last",    "embedding-floats",
                                        "no-effect",       "unused",
                                        "dense-large",     NULL };
  g_autoptr (GHashTable) offered = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TnGraph) graph = read_model (cases[i].model);
      g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
      g_autoptr (TnAdvice) advice = tn_advise (facts, NULL);

      for (guint position = 0; position < tn_facts_n_issues (facts); position++)
        for (guint j = 0; j < tn_advice_n_fixes (advice, position); j++)
          {
            const TnIssue *issue = tn_facts_issue (facts, position);
            g_autoptr (TnFacts) after
                = tn_infer (tn_advice_fix (advice, position, j)->graph, NULL, NULL);

            if (issue->severity != TN_SEVERITY_WARNING)
              continue;
            g_assert_cmpuint (tn_facts_totals (after).n_errors, ==, 0);
            g_assert_cmpuint (tn_facts_n_issues (after), <, tn_facts_n_issues (facts));
            g_hash_table_add (offered, (gpointer)issue->code);
          }
    }
  for (guint i = 0; mended[i] != NULL; i++)
    if (!g_hash_table_contains (offered, mended[i]))
      g_error ("nothing is offered for %s", mended[i]);
}

/* ---- what is taken over ---- */

static void
assert_same_issues (const TnFacts *a, const TnFacts *b)
{
  g_assert_cmpuint (tn_facts_n_issues (a), ==, tn_facts_n_issues (b));
  for (guint i = 0; i < tn_facts_n_issues (a); i++)
    {
      g_assert_cmpstr (tn_facts_issue (a, i)->message, ==, tn_facts_issue (b, i)->message);
      g_assert_cmpint (tn_facts_issue (a, i)->node, ==, tn_facts_issue (b, i)->node);
    }
}

/* Whatever was known before, the same is found as from nothing. Many of these models share layers
 * that stand in other surroundings. */
static void
test_incremental (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint j = 0; j < G_N_ELEMENTS (cases); j++)
      {
        g_autoptr (TnGraph) from = read_model (cases[i].model), to = read_model (cases[j].model);
        g_autoptr (TnFacts) before = tn_infer (from, NULL, NULL);
        g_autoptr (TnFacts) quick = tn_infer (to, before, NULL), slow = tn_infer (to, NULL, NULL);

        assert_same_issues (quick, slow);
      }
}

/* A use more or less of a layer above, other outputs: nothing of the layer itself has changed. */
static void
test_surroundings (void)
{
  g_autoptr (TnGraph) graph = read_model (IMAGE ("4") "d Dense x units=8\ne Dense d units=2");
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL), used = NULL, declared = NULL;
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  g_autoptr (TnGraph) more = NULL, other = NULL;
  TnRef ref;

  g_assert_nonnull (find_code (facts, "linear-twice"));
  ref = (TnRef){ add_layer (draft, 2, "ReLU", NULL, NULL), 0, 0 };
  more = tn_draft_finish (draft);
  used = tn_infer (more, facts, NULL);
  g_assert_null (find_code (used, "linear-twice"));
  g_assert_null (find_code (used, "unused"));
  tn_draft_set_outputs (draft, &ref, 1);
  other = tn_draft_finish (draft);
  declared = tn_infer (other, used, NULL);
  g_assert_nonnull (find_at (declared, "unused", "e"));
}

/* Far below where it was told first, nothing is told again. */
static void
test_told_once (void)
{
  g_autoptr (TnGraph) graph = read_model (
      IMAGE ("4,4,3") "p MaxPooling2D x\nq MaxPooling2D p\nc Conv2D q filters=4 kernel_size=3 "
                      "padding=same\nb BatchNormalization c\nr ReLU b\n"
                      "d Conv2D r filters=4 kernel_size=3 padding=same");
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);

  g_assert_cmpuint (tn_facts_n_issues (facts), ==, 1);
  g_assert_nonnull (find_at (facts, "size-one", "c"));
  /* And it says how the 1 came about. */
  g_assert_cmpuint (find_code (facts, "size-one")->provenance->len, >=, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/infer/warnings/codes", test_codes);
  g_test_add_func ("/infer/warnings/complete", test_complete);
  g_test_add_func ("/infer/warnings/silence", test_silence);
  g_test_add_func ("/infer/warnings/edges", test_edges);
  g_test_add_func ("/infer/warnings/repairs", test_repairs);
  g_test_add_func ("/infer/warnings/incremental", test_incremental);
  g_test_add_func ("/infer/warnings/surroundings", test_surroundings);
  g_test_add_func ("/infer/warnings/told-once", test_told_once);
  return g_test_run ();
}
