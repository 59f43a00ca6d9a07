/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kinds of layers for the tests of this room, which knows none: one for each way of being wired,
 * and one with a parameter of every kind. */
#pragma once

#include "graph/tn-draft.h"

static const char *const test_choices[] = { "valid", "same", NULL };
static const char *const test_objects[] = { "glorot_uniform", "zeros", NULL };

enum
{
  P_BOOL,
  P_INT,
  P_FLOAT,
  P_STRING,
  P_CHOICE,
  P_INTS,
  P_DIMS,
  P_TARGET,
  P_AXES,
  P_OBJECT,
  P_DICT,
  P_SEED,
  P_ANY,
  N_P,
};

static const TnParam test_params[N_P] = {
  [P_BOOL] = { .name = "use_bias",
               .kind = TN_PARAM_BOOL,
               .flags = TN_PARAM_LEGACY_NONE,
               .fallback = { .kind = TN_VALUE_BOOL, .integer = 1 } },
  [P_INT] = { .name = "units",
              .kind = TN_PARAM_INT,
              .flags = TN_PARAM_REQUIRED,
              .minimum = 1,
              .suggestion = "64" },
  [P_FLOAT] = { .name = "rate",
                .kind = TN_PARAM_FLOAT,
                .maximum = 1,
                .fallback = { .kind = TN_VALUE_FLOAT, .number = 0.5 } },
  [P_STRING] = { .name = "note",
                 .kind = TN_PARAM_STRING,
                 .fallback = { .kind = TN_VALUE_STRING, .string = "" } },
  [P_CHOICE] = { .name = "padding",
                 .kind = TN_PARAM_CHOICE,
                 .flags = TN_PARAM_FOLD_CASE,
                 .choices = test_choices,
                 .fallback = { .kind = TN_VALUE_STRING, .string = "valid" } },
  [P_INTS] = { .name = "strides",
               .kind = TN_PARAM_INTS,
               .length = 2,
               .minimum = 1,
               .fallback = { .kind = TN_VALUE_INT, .integer = 1 } },
  [P_DIMS] = { .name = "batch_shape", .kind = TN_PARAM_DIMS, .flags = TN_PARAM_OPTIONAL },
  [P_TARGET] = { .name = "target_shape",
                 .kind = TN_PARAM_DIMS,
                 .flags = TN_PARAM_OPTIONAL | TN_PARAM_MINUS_ONE },
  [P_AXES]
  = { .name = "axis", .kind = TN_PARAM_AXES, .fallback = { .kind = TN_VALUE_INT, .integer = -1 } },
  [P_OBJECT] = { .name = "kernel_initializer",
                 .kind = TN_PARAM_OBJECT,
                 .choices = test_objects,
                 .fallback = { .kind = TN_VALUE_STRING, .string = "glorot_uniform" } },
  [P_DICT] = { .name = "quantization",
               .kind = TN_PARAM_OBJECT,
               .flags = TN_PARAM_OPTIONAL | TN_PARAM_FREE_DICT },
  [P_SEED]
  = { .name = "seed", .kind = TN_PARAM_INT, .flags = TN_PARAM_OPTIONAL | TN_PARAM_UNBOUNDED },
  [P_ANY] = { .name = "epsilon",
              .kind = TN_PARAM_FLOAT,
              .flags = TN_PARAM_EXCLUSIVE,
              .fallback = { .kind = TN_VALUE_FLOAT, .number = 0.001 } },
};

static const TnSchema test_input
    = { .type = "InputLayer", .auto_name = "input_layer", .n_outputs = 1, .keras = TRUE };
static const TnSchema test_unary = { .type = "ReLU",
                                     .auto_name = "re_lu",
                                     .min_inputs = 1,
                                     .max_inputs = 1,
                                     .n_outputs = 1,
                                     .keras = TRUE };
static const TnSchema test_merge = { .type = "Add",
                                     .auto_name = "add",
                                     .min_inputs = 2,
                                     .max_inputs = G_MAXUINT,
                                     .n_outputs = 1,
                                     .keras = TRUE };
static const TnSchema test_join = { .type = "Concatenate",
                                    .auto_name = "concatenate",
                                    .min_inputs = 1,
                                    .max_inputs = G_MAXUINT,
                                    .n_outputs = 1,
                                    .keras = TRUE };
static const TnSchema test_boundary = { .type = "InputLayer",
                                        .auto_name = "input_layer",
                                        .min_inputs = 1,
                                        .max_inputs = 1,
                                        .n_outputs = 1,
                                        .boundary = TRUE,
                                        .keras = TRUE };
static const TnSchema test_label
    = { .type = "Target", .auto_name = "target", .min_inputs = 1, .max_inputs = 1 };
static const TnSchema test_full = { .type = "Full",
                                    .auto_name = "full",
                                    .params = test_params,
                                    .n_params = N_P,
                                    .min_inputs = 1,
                                    .max_inputs = 1,
                                    .n_outputs = 1,
                                    .keras = TRUE };

/* Adds a layer behind @from (TN_NODE_NONE: not wired). */
static inline TnNodeId
add (TnDraft *draft, const TnSchema *schema, TnNodeId from)
{
  TnNodeId id = tn_draft_add (draft, schema, NULL, FALSE, NULL);

  g_assert_cmpuint (id, !=, TN_NODE_NONE);
  if (from != TN_NODE_NONE)
    g_assert_true (tn_draft_connect (draft, (TnRef){ from, 0, 0 }, id, 0, G_MAXUINT, NULL));
  return id;
}

static inline TnNodeId
input_of (const TnNode *node, guint slot)
{
  return tn_node_input (node, 0, slot).node;
}
