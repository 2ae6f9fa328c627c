"""What the schemas of OCDS 1.1 (https://standard.open-contracting.org/1.1/en/schema/) demand of every field, as a table.

    name[!][~]:sort[?][+][=]     ! must be there   ~ may be said in other languages too (title_en)   ? may be null
    [sort]                       a list of them    + not empty   = no entry twice

A sort with a capital is an object of the table, any other a value or a closed list of codes. Of deprecated fields the schemas ask
the same. `benchmarks/ocds.py` breaks one field after the other and compares what is said of it with what the official files say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

_TABLE = """
Package: uri!:link version!:version publisher!:Publisher publishedDate!:date extensions:[link] packages:[link]+= license:link?
  publicationPolicy:link?
Publisher: name!:text scheme:text? uid:text? uri:link?
Record: ocid!:text releases!:list+
LinkedRelease: url!:link? date!:date tag:[tag]+
Release: ocid!:text+ id!:text+ date!:date tag!:[tag]+ initiationType!:initiation parties:[Organization]=
  buyer:OrganizationReference planning:Planning tender:Tender awards:[Award]= contracts:[Contract]= language:text?
  relatedProcesses:[RelatedProcess]=
Planning: rationale~:text? budget:Budget documents:[Document] milestones:[Milestone]
Budget: id:id? description~:text? amount:Value project~:text? projectID:id? uri:link? source~:link?
Tender: id!:id+ title~:text? description~:text? status:tenderStatus? procuringEntity:OrganizationReference items:[Item]=
  value:Value minValue:Value procurementMethod:method? procurementMethodDetails:text? procurementMethodRationale~:text?
  mainProcurementCategory:category? additionalProcurementCategories:[text]? awardCriteria:text? awardCriteriaDetails~:text?
  submissionMethod:[text]? submissionMethodDetails~:text? tenderPeriod:Period enquiryPeriod:Period hasEnquiries:flag?
  eligibilityCriteria~:text? awardPeriod:Period contractPeriod:Period numberOfTenderers:whole? tenderers:[OrganizationReference]=
  documents:[Document] milestones:[Milestone] amendments:[Amendment] amendment:Amendment
Award: id!:id+ title~:text? description~:text? status:awardStatus? date:date? value:Value suppliers:[OrganizationReference]=
  items:[Item]+= contractPeriod:Period documents:[Document]= amendments:[Amendment] amendment:Amendment
Contract: id!:id+ awardID!:id+ title~:text? description~:text? status:contractStatus? period:Period value:Value items:[Item]+=
  dateSigned:date? documents:[Document]= implementation:Implementation relatedProcesses:[RelatedProcess]= milestones:[Milestone]
  amendments:[Amendment] amendment:Amendment
Implementation: transactions:[Transaction]= milestones:[Milestone]= documents:[Document]=
Transaction: id!:id+ source:link? date:date? value:Value payer:OrganizationReference payee:OrganizationReference uri:link?
  amount:Value providerOrganization:Identifier receiverOrganization:Identifier
Milestone: id!:id+ title~:text? type:text? description~:text? code:text? dueDate:date? dateMet:date? dateModified:date?
  status:milestoneStatus? documents:[Document]=
Document: id!:id+ documentType:text? title~:text? description~:text? url:link? datePublished:date? dateModified:date? format:text?
  language:text?
Item: id!:id+ description~:text? classification:Classification additionalClassifications:[Classification]= quantity:number?
  unit:Unit
Unit: scheme:text? id:text? name~:text? value:Value uri:link?
Amendment: date:date? rationale~:text? id:text? description:text? amendsReleaseID:text? releaseID:text? changes:[Change]
Change: property:text former_value:value?
RelatedProcess: id:text relationship:[text]? title:text? scheme:text? identifier:text? uri:link?
Organization: name~:text? id:text identifier:Identifier additionalIdentifiers:[Identifier]= address:Address
  contactPoint:ContactPoint roles:[text]? details:object?
OrganizationReference: name:text?+ id:id identifier:Identifier address:Address additionalIdentifiers:[Identifier]=
  contactPoint:ContactPoint
Classification: scheme:text? id:id? description~:text? uri:link?
Identifier: scheme:text? id:id? legalName~:text? uri:link?
Address: streetAddress:text? locality:text? region:text? postalCode:text? countryName~:text?
ContactPoint: name~:text? email:text? telephone:text? faxNumber:text? url:link?
Value: amount:number? currency:currency?
Period: startDate:date? endDate:date? maxExtentDate:date? durationInDays:whole?
"""
_CODES = """
tag: planning planningUpdate tender tenderAmendment tenderUpdate tenderCancellation award awardUpdate awardCancellation contract
  contractUpdate contractAmendment implementation implementationUpdate contractTermination compiled
initiation: tender
tenderStatus: planning planned active cancelled unsuccessful complete withdrawn
awardStatus: pending active cancelled unsuccessful
contractStatus: pending active cancelled terminated
milestoneStatus: scheduled met notMet partiallyMet
method: open selective limited direct
category: goods works services
currency: ADP AED AFA AFN ALK ALL AMD ANG AOA AOK AON AOR ARA ARP ARS ARY ATS AUD AWG AYM AZM AZN BAD BAM BBD BDT BEC BEF BEL BGJ
  BGK BGL BGN BHD BIF BMD BND BOB BOP BOV BRB BRC BRE BRL BRN BRR BSD BTN BUK BWP BYB BYN BYR BZD CAD CDF CHC CHE CHF CHW CLF CLP
  CNY COP COU CRC CSD CSJ CSK CUC CUP CVE CYP CZK DDM DEM DJF DKK DOP DZD ECS ECV EEK EGP ERN ESA ESB ESP ETB EUR FIM FJD FKP FRF
  GBP GEK GEL GHC GHP GHS GIP GMD GNE GNF GNS GQE GRD GTQ GWE GWP GYD HKD HNL HRD HRK HTG HUF IDR IEP ILP ILR ILS INR IQD IRR ISJ
  ISK ITL JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAJ LAK LBP LKR LRD LSL LSM LTL LTT LUC LUF LUL LVL LVR LYD MAD MDL MGA
  MGF MKD MLF MMK MNT MOP MRO MRU MTL MTP MUR MVQ MVR MWK MXN MXP MXV MYR MZE MZM MZN NAD NGN NIC NIO NLG NOK NPR NZD OMR PAB PEH
  PEI PEN PES PGK PHP PKR PLN PLZ PTE PYG QAR RHD ROK ROL RON RSD RUB RUR RWF SAR SBD SCR SDD SDG SDP SEK SGD SHP SIT SKK SLL SOS
  SRD SRG SSP STD STN SUR SVC SYP SZL THB TJR TJS TMM TMT TND TOP TPE TRL TRY TTD TWD TZS UAH UAK UGS UGW UGX USD USN USS UYI UYN
  UYP UYU UYW UZS VEB VEF VES VNC VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XDR XEU XFO XFU XOF XPD XPF XPT XRE XSU XTS XUA XXX
  YDD YER YUD YUM YUN ZAL ZAR ZMK ZMW ZRN ZRZ ZWC ZWD ZWL ZWN ZWR
"""
_FIELD = re.compile(
    r"(?P<name>\w+)(?P<must>!?)(?P<said>~?):(?P<list>\[?)(?P<sort>\w+)\]?(?P<null>\??)(?P<full>\+?)(?P<once>=?)"
)


class Field(NamedTuple):
    sort: str  # a value, a list of codes, or the name of an object
    is_list: bool
    required: bool
    may_be_null: bool
    filled: bool
    unique: bool


@dataclass(slots=True)
class Shape:
    fields: dict[str, Field] = field(default_factory=dict)
    translated: frozenset[str] = frozenset()


def _lines(text: str) -> dict[str, list[str]]:
    joined = text.replace("\n  ", " ").strip().splitlines()
    return {name: said.split() for name, said in (line.split(":", 1) for line in joined)}


def _shape(words: list[str]) -> Shape:
    found = [match for word in words if (match := _FIELD.fullmatch(word))]
    assert len(found) == len(words), words
    fields = {
        one["name"]: Field(
            one["sort"], bool(one["list"]), bool(one["must"]), bool(one["null"]), bool(one["full"]), bool(one["once"])
        )
        for one in found
    }
    return Shape(fields, frozenset(one["name"] for one in found if one["said"]))


SHAPES = {name: _shape(words) for name, words in _lines(_TABLE).items()}
CODES = {name: frozenset(words) for name, words in _lines(_CODES).items()}
