/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the layers share that go through a sequence step by step, and those around another layer. */
#pragma once

#include "layers/tn-window.h"

G_BEGIN_DECLS

/* clang-format off */
#define TN_PARAM_UNITS \
  { .name = "units", .label = N_ ("Units"), .kind = TN_PARAM_INT, .flags = TN_PARAM_REQUIRED, \
    .minimum = 1, .suggestion = "64", \
    .help = N_ ("How many numbers the layer remembers from step to step and puts out.") }

#define TN_PARAM_STEP_ACTIVATION(param, text, default_name, about) \
  { .name = param, .label = text, .kind = TN_PARAM_CHOICE, \
    .flags = TN_PARAM_OPTIONAL | TN_PARAM_OR_LAYER, .choices = tn_choices_activation, \
    .fallback = TN_DEFAULT_STRING (default_name), .help = about }

#define TN_PARAM_STATE_ACTIVATION \
  TN_PARAM_STEP_ACTIVATION ("activation", N_ ("Activation"), "tanh", \
    N_ ("Function that makes each step's new numbers; Keras's fast kernels need tanh."))
#define TN_PARAM_GATE_ACTIVATION \
  TN_PARAM_STEP_ACTIVATION ("recurrent_activation", N_ ("Recurrent activation"), "sigmoid", \
    N_ ("Function of the gates, which say how much is kept and how much is let in."))

#define TN_PARAM_SHARE(param, text, about) \
  { .name = param, .label = text, .kind = TN_PARAM_FLOAT, .minimum = 0, .maximum = 1, \
    .fallback = TN_DEFAULT_FLOAT (0), .help = about }
#define TN_PARAM_INPUT_DROPOUT \
  TN_PARAM_SHARE ("dropout", N_ ("Dropout"), \
    N_ ("Share of what arrives that is set to zero at each step of training."))
#define TN_PARAM_STATE_DROPOUT \
  TN_PARAM_SHARE ("recurrent_dropout", N_ ("Recurrent dropout"), \
    N_ ("Share of what is remembered that is set to zero at each step of training."))

#define TN_PARAM_FLAG(param, text, more, about) \
  { .name = param, .label = text, .kind = TN_PARAM_BOOL, .flags = more, \
    .fallback = TN_DEFAULT_BOOL (FALSE), .help = about }
#define TN_PARAM_RETURN_SEQUENCES \
  TN_PARAM_FLAG ("return_sequences", N_ ("Return sequences"), 0, \
    N_ ("Puts out what comes of every step, not only of the last one; a further recurrent layer " \
        "needs it."))
#define TN_PARAM_RETURN_STATE \
  TN_PARAM_FLAG ("return_state", N_ ("Return state"), 0, \
    N_ ("Puts out what is remembered after the last step as well, as outputs of their own: a " \
        "decoder can begin with it."))
#define TN_PARAM_GO_BACKWARDS \
  TN_PARAM_FLAG ("go_backwards", N_ ("Go backwards"), 0, \
    N_ ("Reads the sequence from its end to its beginning."))
#define TN_PARAM_STATEFUL \
  TN_PARAM_FLAG ("stateful", N_ ("Stateful"), TN_PARAM_ADVANCED, \
    N_ ("Begins each batch with what the one before left; the batch size has to be fixed."))
#define TN_PARAM_UNROLL \
  TN_PARAM_FLAG ("unroll", N_ ("Unroll"), TN_PARAM_ADVANCED, \
    N_ ("Writes every step out by itself: faster for short sequences, at the cost of memory."))
#define TN_PARAM_ZERO_OUTPUT_FOR_MASK \
  TN_PARAM_FLAG ("zero_output_for_mask", N_ ("Zero output for mask"), TN_PARAM_ADVANCED, \
    N_ ("Puts out zeros for steps that are masked, instead of the step before once more."))

#define TN_PARAM_UNIT_FORGET_BIAS \
  { .name = "unit_forget_bias", .label = N_ ("Unit forget bias"), .kind = TN_PARAM_BOOL, \
    .flags = TN_PARAM_ADVANCED, .fallback = TN_DEFAULT_BOOL (TRUE), \
    .help = N_ ("Starts the bias of the forget gate at one, so that training begins by " \
                "remembering.") }
#define TN_PARAM_RESET_AFTER \
  { .name = "reset_after", .label = N_ ("Reset after"), .kind = TN_PARAM_BOOL, \
    .flags = TN_PARAM_ADVANCED, .fallback = TN_DEFAULT_BOOL (TRUE), \
    .help = N_ ("Applies the reset gate after the multiplication with the recurrent kernel, which " \
                "takes a second bias.") }
#define TN_PARAM_RECURRENT_SEED \
  { .name = "seed", .label = N_ ("Seed"), .kind = TN_PARAM_INT, \
    .flags = TN_PARAM_ADVANCED | TN_PARAM_OPTIONAL | TN_PARAM_UNBOUNDED, \
    .fallback = TN_DEFAULT_NONE, \
    .help = N_ ("Starting point of the random numbers of the dropouts; the same seed drops the " \
                "same numbers again.") }

#define TN_PARAM_RECURRENT_INITIALIZER \
  TN_PARAM_INITIALIZER ("recurrent_initializer", N_ ("Recurrent initializer"), "orthogonal", \
    N_ ("How the numbers of the recurrent kernel are chosen before training."))
#define TN_PARAM_RECURRENT_REGULARIZER \
  TN_PARAM_REGULARIZER ("recurrent_regularizer", N_ ("Recurrent regularizer"), \
    N_ ("A penalty in training that keeps the numbers of the recurrent kernel small."))
#define TN_PARAM_RECURRENT_CONSTRAINT \
  TN_PARAM_CONSTRAINT ("recurrent_constraint", N_ ("Recurrent constraint"), \
    N_ ("A rule that the recurrent kernel is made to obey after each training step."))

#define TN_PARAM_INNER(param, text, more, text_suggestion, about) \
  { .name = param, .label = text, .kind = TN_PARAM_LAYER, .flags = more, \
    .fallback = TN_DEFAULT_NONE, .suggestion = text_suggestion, .help = about }

/* The head of a descriptor whose layer goes through a sequence. */
#define TN_LAYER_SEQUENCE(class_name, name, table, most, how_many, which) \
  .schema = { .type = class_name, \
              .auto_name = name, \
              .params = table, \
              .n_params = G_N_ELEMENTS (table), \
              .min_inputs = 1, \
              .max_inputs = most, \
              .n_outputs = 1, \
              .outputs = how_many, \
              .output_name = which, \
              .input_names = tn_sequence_inputs, \
              .call_form = TN_CALL_KEYWORD, \
              .keras = TRUE }, \
  .family = TN_FAMILY_RECURRENT
/* clang-format on */

/* "sequence", "initial_state". */
extern const char *const tn_sequence_inputs[];

/* TnSchema.output_name: what such a layer puts out, then its state, or an LSTM's two. */
const char *tn_one_state_name (const TnNode *node, guint output);
const char *tn_two_states_name (const TnNode *node, guint output);

/* What Keras 2 writes of them, and use_cudnn, which no Keras does. */
extern const TnKept tn_recurrent_kept[];

/**
 * TnRecurrentCell:
 * @weights: the names of kernel, recurrent kernel and bias
 * @gates: how many times @units the kernels are wide
 * @states: what is remembered from step to step, each (batch, units)
 * @reset_after: parameter that doubles the bias; -1: there is none
 *
 * What happens in one step, and where the layer (or cell) has its parameters.
 */
typedef struct
{
  const char *weights[3];
  int gates;
  guint states;
  guint units, use_bias;
  guint kernel_initializer, recurrent_initializer, bias_initializer;
  int reset_after;
} TnRecurrentCell;

/* Where a layer that goes through a sequence has what it is to put out. */
typedef struct
{
  guint return_sequences, return_state, stateful;
} TnSequenceParams;

#define TN_MAX_STATES (TN_MAX_OUTPUTS - 1)

/* ---- states and outputs, told by parameters alone ---- */
/* How many states the layer or cell has that @dict, {class_name, config}, describes; 0: it is no
 * recurrent one. */
guint tn_layer_dict_states (const TnValue *dict);
/* A flag in the config of such a dict; FALSE where it is not said. */
gboolean tn_layer_dict_flag (const TnValue *dict, const char *name);
const char *tn_layer_dict_class (const TnValue *dict);
/* @base, and @states more where there is to be return_state; within what a layer may put out. */
guint tn_sequence_outputs (gboolean return_state, guint base, guint states);

/* ---- rules ---- */
/* A sequence with @n axes in each step arrives and, where the layer is stateful, its batch size is
 * known? Raises what is not; FALSE when it is no sequence at all. */
gboolean tn_rule_sequence (TnRule *rule, int n, gboolean stateful, TnShape *sequence);
/* As many initial states as the layer has, of the shapes @states, or none at all. */
void tn_rule_initial_states (TnRule *rule, const TnShape *states, guint n_states);
/* The weights of @cell for steps of @features; multiply-accumulates for one step are in @macs. */
void tn_rule_cell_weights (TnRule *rule, const TnRecurrentCell *cell, TnDim features, TnDim *macs);
/* The features of a step, or those the kernel was made for; FALSE, with an issue, when open. */
gboolean tn_rule_features (TnRule *rule, const TnShape *step, TnDim *features);
/* The outputs of a layer that ends in @step (batch, …): each step's or the last one's, then the
 * states if there is to be return_state. */
void tn_rule_sequence_outputs (TnRule *rule, const TnShape *sequence, const TnShape *step,
                               gboolean return_sequences, const TnShape *states, guint n_states);
/* More states than a layer can put out, which is @most: said of @param. */
void tn_rule_too_many_states (TnRule *rule, guint n_states, guint most, const char *param);
/* Declares the weights of a layer within this one as "PREFIX/NAME". */
void tn_rule_inner_weights (TnRule *rule, const char *prefix, const TnLayerResult *inner);
/* The same, of those from @from on up to but without @to. */
void tn_rule_inner_weights_range (TnRule *rule, const char *prefix, const TnLayerResult *inner,
                                  guint from, guint to);
/* TnLayer.holds of layers that take another one through something: is it one with one input and one
 * output that may stand by itself? */
gboolean tn_holds_one_to_one (guint param, const TnSchema *inner);
/* The layer that @param holds; NULL, with an issue, when it is of no class that can stand there. */
TnNode *tn_rule_inner (TnRule *rule, guint param, guint element);

/* The name that a cell's weights go by: Keras gives cells of a class that have no name of their own
 * a number, lstm_cell, lstm_cell_1. @taken is the set of those that went before. New string. */
char *tn_recurrent_cell_name (const TnNode *cell, GHashTable *taken);

/* "128 units, returns sequences and states, backwards" after @count. */
char *tn_brief_sequence (const TnNode *node, const char *count, guint return_sequences,
                         guint return_state, guint go_backwards);
/* "64 units". */
char *tn_brief_units (const TnNode *node, guint units);
/* "LSTM(64 units)": the layer that @param holds. */
char *tn_brief_inner (const TnNode *node, guint param);

G_END_DECLS
