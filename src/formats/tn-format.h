/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Model files: reading what Tenon and Keras write, writing what both read. */
#pragma once

#include <gio/gio.h>

#include "infer/tn-facts.h"

G_BEGIN_DECLS

/* What a file turned out to be. */
typedef enum
{
  TN_FORMAT_TENON,   /* Keras JSON with a "tenon" block */
  TN_FORMAT_KERAS,   /* Keras 3 or Keras 2 / TensorFlow.js JSON */
  TN_FORMAT_PICTURE, /* a picture that carries a model (tn-carrier.h) */
} TnFormat;

/* "tenon", "keras", "picture": check --json's "format". */
const char *tn_format_name (TnFormat format);

/* The largest file that is read, in bytes, and the most layers; more is refused as TN_ERROR_SYNTAX.
 */
#define TN_FORMAT_MAX_BYTES  ((gsize)256 * 1024 * 1024)
#define TN_FORMAT_MAX_LAYERS 200000

/* Reads the file at @path ("-": standard input). Errors: TN_ERROR_IO, TN_ERROR_SYNTAX (with line or
 * layer), TN_ERROR_UNSUPPORTED (naming all such places at once). What is wrong with the *model* (a
 * bad parameter, shapes that do not fit) is no error: it opens and is shown. */
TnGraph *tn_format_read (const char *path, TnFormat *format, GError **error);
/* The same from memory; @place names it in messages. */
TnGraph *tn_format_parse (GBytes *bytes, const char *place, TnFormat *format, GError **error);

/* The .tenon form: the layout that Keras 3.3 and later and TensorFlow.js read, plus the "tenon"
 * block. Never fails; ends with a newline; the same graph always gives the same bytes. */
GBytes *tn_format_write_tenon (const TnGraph *graph);
/* The same without anything of Tenon's own (no positions, targets, rule). */
GBytes *tn_format_write_keras (const TnGraph *graph);
/* Atomically replaces the file at @path. TN_ERROR_IO. */
gboolean tn_format_save (GBytes *bytes, const char *path, GError **error);

/* JSON ↔ TnValue for the command line's --json answers and the tests. */
char *tn_format_json (const TnValue *value, gboolean pretty);
TnValue *tn_format_json_parse (GBytes *bytes, const char *place, GError **error);

/* Weights: an .npz as "LAYER/WEIGHT" → TnTensor (owned). Keys that fit no layer, missing ones and
 * wrong shapes are added to @report as contract issues "weights". */
GHashTable *tn_format_read_weights (const char *path, const TnFacts *facts, TnReport *report,
                                    GError **error);

G_END_DECLS
