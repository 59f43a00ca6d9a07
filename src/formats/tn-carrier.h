/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures that carry the model they show: PNG, SVG and PDF files with a model within. */
#pragma once

#include "formats/tn-format.h"

G_BEGIN_DECLS

typedef enum
{
  TN_CARRIER_PNG, /* an iTXt chunk, compressed */
  TN_CARRIER_SVG, /* an element within <metadata>, compressed, as base64 */
  TN_CARRIER_PDF, /* an attached file "model.tenon", by an incremental update */
} TnCarrier;

/* By how a file begins. FALSE: it is no such picture. */
gboolean tn_carrier_find (GBytes *bytes, TnCarrier *carrier);

/* @picture with the .tenon form of @graph in it, still the same picture to every program that knows
 * nothing of this. A picture that is not built as expected is given back as it is. New reference.
 */
GBytes *tn_carrier_load (TnCarrier carrier, GBytes *picture, const TnGraph *graph);
/* The model in a picture, as a file would hold it. TN_ERROR_UNSUPPORTED: there is none;
 * TN_ERROR_SYNTAX: it is damaged, or larger than TN_FORMAT_MAX_BYTES. */
GBytes *tn_carrier_unload (TnCarrier carrier, GBytes *picture, const char *place, GError **error);

G_END_DECLS
